// Random numbers: exactly those that PyTorch's CPU generator draws after torch.manual_seed(seed).
//
//   Generator generator(123);
//   std::vector<float> x(6 * 3);
//   generator.Normal(x.data(), x.size());         // the weights of torch.nn.Embedding(6, 3)
//   generator.RandomPermutation(10);              // torch.randperm(10)
//   ManualSeed(123);                              // torch.manual_seed(123)
//   GlobalGenerator().Uniform(x.data(), 6);       // torch.rand(2, 3)
//
// PyTorch's recipes for what the workshop draws; each tensor is drawn in row-major order:
//   nn.Linear(fan_in, fan_out)   weight (out, in), then bias: Uniform on +-1 / sqrt(fan_in), each
//                                (Kaiming's uniform initialisation with a = sqrt(5))
//   nn.Embedding                 Normal, mean 0, standard deviation 1
//   nn.Dropout(p)                one bit of DropoutKeepBits per element; kept ones times 1 / (1 -
//   p) DataLoader                   at the start of each pass: RandomInt64() (the workers' base
//   seed),
//                                then, with shuffle=True, another one, which seeds a new Generator
//                                whose RandomPermutation(number of samples) is the order
// These are the draws of PyTorch builds without Intel's MKL (such as Debian's, and all for Macs);
// builds with MKL draw other dropout masks and other samples in torch.multinomial.
#ifndef GOKART_TENSOR_RANDOM_H_
#define GOKART_TENSOR_RANDOM_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tensor/mersenne_twister.h"

namespace gokart {

/// All that decides what a Generator draws next. Equal states draw equal numbers.
struct GeneratorState {
  MersenneTwister::Words words = {};
  int32_t position = 0;            ///< outputs already drawn of the current words, 0 to 624
  bool has_cached_normal = false;  ///< normals come in pairs; is the second one still to be given?
  double cached_normal = 0;

  bool operator==(const GeneratorState&) const = default;

  /// 2520 bytes, the same on every machine, for checkpoints.
  std::string Serialize() const;
  /// The inverse. Errors: wrong length, mark, position or flag, or words that can't occur.
  static absl::StatusOr<GeneratorState> Parse(std::span<const std::byte> bytes);
};

/// A stream of random numbers. Copies continue independently; one object serves one thread.
class Generator {
 public:
  static constexpr uint64_t kDefaultSeed = 67280421310721;  ///< PyTorch's, where nobody sets one

  /// Only the low 32 bits of a seed count, as in PyTorch.
  explicit Generator(uint64_t seed = kDefaultSeed) : twister_(static_cast<uint32_t>(seed)) {}
  void ManualSeed(uint64_t seed) { *this = Generator(seed); }

  uint32_t Random32() { return twister_.Next(); }
  uint64_t Random64() {
    const uint64_t high = twister_.Next();  // the earlier draw
    return high << 32 | twister_.Next();
  }
  /// torch.empty((), dtype=torch.int64).random_(): 63 bits.
  int64_t RandomInt64() { return static_cast<int64_t>(Random64() & INT64_MAX); }
  /// torch.randint(low, high): low <= result < high. Throws std::invalid_argument if low >= high.
  int64_t RandomInt(int64_t low, int64_t high);

  /// Uniform on [0, 1) with 53 random bits.
  double UniformDouble();
  /// Normal, in double precision; they come in pairs, of which the second is kept for later.
  double NormalDouble();

  /// out[0..n) = uniform on [low, high), as tensor.uniform_(low, high) and torch.rand.
  void Uniform(float* out, int64_t n, float low = 0, float high = 1);
  /// out[0..n) = normal, as tensor.normal_(mean, std) and torch.randn. As in PyTorch, fewer than 16
  /// numbers come from NormalDouble(), more from another algorithm in single precision.
  void Normal(float* out, int64_t n, float mean = 0, float std = 1);

  /// Dropout's mask for n elements: bit i % 64 of bits[i / 64] says whether element i is kept, with
  /// probability 1 - p. Writes ceil(n / 64) words, unused bits are 0. As in PyTorch, p = 0 and p =
  /// 1 draw nothing. Throws std::invalid_argument if p is not in [0, 1].
  void DropoutKeepBits(uint64_t* bits, int64_t n, double p);

  /// torch.randperm(n): the numbers 0 to n - 1 in random order.
  std::vector<int64_t> RandomPermutation(int64_t n);

  /// torch.multinomial(probs, 1): an index, drawn with probability probs[i] / sum. Throws
  /// std::invalid_argument if a probability is negative or not finite, or all are 0.
  int64_t Multinomial(std::span<const float> probs);
  /// One draw for each row of a row-major (rows, probs.size() / rows) table.
  std::vector<int64_t> Multinomial(std::span<const float> probs, int64_t rows);

  GeneratorState state() const;
  /// Continues from a saved state. Throws std::invalid_argument if the position is out of range.
  void SetState(const GeneratorState& state);

 private:
  MersenneTwister twister_;
  bool has_cached_normal_ = false;
  double cached_normal_ = 0;
};

/// The generator from which initialisations, dropout and loaders draw unless told otherwise. It is
/// shared by all threads and not locked: draw in one thread, or the results are not reproducible.
Generator& GlobalGenerator();

/// torch.manual_seed(seed): starts the global generator again.
void ManualSeed(uint64_t seed);

}  // namespace gokart

#endif  // GOKART_TENSOR_RANDOM_H_
