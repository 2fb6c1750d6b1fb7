#include "tensor/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tensor/box_muller.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace gokart {
namespace {

constexpr uint64_t kMask53 = (uint64_t{1} << 53) - 1;
constexpr int64_t kChunk = 512;  // draws taken from the twister at once; a multiple of 16

static_assert(kChunk <= MersenneTwister::kWords);
static_assert(std::endian::native == std::endian::little, "Serialize() copies memory");

// Bit i: are the 53 low bits of (draws[2 i], draws[2 i + 1]), the first being the high half, below
// `threshold`? For i in [0, count), count <= 64; the other bits are 0.
uint64_t BitsBelow(const uint32_t* draws, int count, uint64_t threshold) {
  uint64_t bits = 0;
  for (int i = 0; i < count; ++i) {
    const uint64_t value = (uint64_t{draws[2 * i]} << 32 | draws[2 * i + 1]) & kMask53;
    bits |= uint64_t{value < threshold} << i;
  }
  return bits;
}

// BitsBelow(draws, 64, threshold), eight at a time: a third of what making the draws costs.
uint64_t BitsBelow64(const uint32_t* draws, uint64_t threshold) {
#ifdef __AVX512F__
  using Vector = uint64_t __attribute__((vector_size(64)));
  const __m512i limit = _mm512_set1_epi64(static_cast<int64_t>(threshold));
  uint64_t bits = 0;
  for (int i = 0; i < 64; i += 8) {
    Vector v;
    std::memcpy(&v, draws + 2 * i, sizeof(v));
    v = (v << 32 | v >> 32) & kMask53;  // the first of two draws was loaded as the low half
    bits |= uint64_t{_mm512_cmplt_epu64_mask(reinterpret_cast<__m512i>(v), limit)} << i;
  }
  return bits;
#else
  return BitsBelow(draws, 64, threshold);
#endif
}

[[noreturn]] void Fail(const std::string& message) { throw std::invalid_argument(message); }

}  // namespace

int64_t Generator::RandomInt(int64_t low, int64_t high) {
  if (low >= high) Fail(absl::StrCat("RandomInt: nothing lies in [", low, ", ", high, ")"));
  const uint64_t range = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  const uint64_t draw = range >> 32 == 0 ? Random32() : Random64();
  return static_cast<int64_t>(static_cast<uint64_t>(low) + draw % range);
}

double Generator::UniformDouble() { return static_cast<double>(Random64() & kMask53) * 0x1p-53; }

// Box and Muller's method; here u2 gives the radius, and 1 - u2 is never 0.
double Generator::NormalDouble() {
  if (has_cached_normal_) {
    has_cached_normal_ = false;
    return cached_normal_;
  }
  const double u1 = UniformDouble();
  const double u2 = UniformDouble();
  const double radius = std::sqrt(-2.0 * std::log1p(-u2));
  const double angle = 2.0 * std::numbers::pi * u1;
  cached_normal_ = radius * std::sin(angle);
  has_cached_normal_ = true;
  return radius * std::cos(angle);
}

void Generator::Uniform(float* out, int64_t n, float low, float high) {
  const float range = high - low;
  uint32_t buffer[kChunk];
  for (int64_t begin = 0; begin < n; begin += kChunk) {
    const int count = static_cast<int>(std::min(kChunk, n - begin));
    const uint32_t* draws = twister_.NextSpan(count, buffer);
    for (int i = 0; i < count; ++i) {
      const float u = static_cast<float>(draws[i] & 0xffffffu) * 0x1p-24f;
      out[begin + i] = std::fma(u, range, low);  // PyTorch's vector code rounds once, too
    }
  }
}

// PyTorch fills everything with uniforms, then turns blocks of 16 into normals; if n isn't a
// multiple of 16, the last 16 numbers are drawn anew. Chunk by chunk, that gives the same numbers.
void Generator::Normal(float* out, int64_t n, float mean, float std) {
  if (n < 16) {
    for (int64_t i = 0; i < n; ++i) {
      out[i] = static_cast<float>(std::fma(NormalDouble(), double{std}, double{mean}));
    }
    return;
  }
  const int64_t blocks_end = n / 16 * 16;
  for (int64_t begin = 0; begin < blocks_end; begin += kChunk) {
    const int64_t end = std::min(begin + kChunk, blocks_end);
    Uniform(out + begin, end - begin);
    for (int64_t i = begin; i < end; i += 16) BoxMuller16(out + i, mean, std);
  }
  if (blocks_end == n) return;
  float unused[16];
  Uniform(unused, n - blocks_end);
  Uniform(out + n - 16, 16);
  BoxMuller16(out + n - 16, mean, std);
}

// PyTorch keeps an element if its 53-bit number times 2^-53 is below 1 - p. Both sides times 2^53
// are exact, so integers can be compared instead.
void Generator::DropoutKeepBits(uint64_t* bits, int64_t n, double p) {
  if (!(p >= 0 && p <= 1)) Fail(absl::StrCat("Dropout: probability ", p, " is not in [0, 1]"));
  const bool draw = p > 0 && p < 1;
  const uint64_t threshold = static_cast<uint64_t>(std::ceil((1 - p) * 0x1p53));
  uint32_t buffer[128];
  for (int64_t i = 0; i < n; i += 64) {
    const int count = static_cast<int>(std::min<int64_t>(64, n - i));
    if (!draw) {
      bits[i / 64] = p == 1 ? 0 : ~uint64_t{0} >> (64 - count);
    } else {
      const uint32_t* draws = twister_.NextSpan(2 * count, buffer);
      bits[i / 64] =
          count == 64 ? BitsBelow64(draws, threshold) : BitsBelow(draws, count, threshold);
    }
  }
}

// Fisher and Yates's shuffle from the front. The remainder of the division is slightly biased for
// large n, which is why PyTorch takes 64 bits there.
std::vector<int64_t> Generator::RandomPermutation(int64_t n) {
  if (n < 0) Fail(absl::StrCat("RandomPermutation: a permutation of ", n, " numbers"));
  const bool wide = n >= int64_t{UINT32_MAX} / 20;
  std::vector<int64_t> order(n);
  std::iota(order.begin(), order.end(), int64_t{0});
  for (int64_t i = 0; i + 1 < n; ++i) {
    const uint64_t left = static_cast<uint64_t>(n - i);
    const uint64_t step = (wide ? Random64() : uint64_t{Random32()}) % left;
    std::swap(order[i], order[i + static_cast<int64_t>(step)]);
  }
  return order;
}

// A race: with arrival times q[i] from the exponential distribution, the largest p[i] / q[i] is at
// i with probability p[i] / sum(p).
int64_t Generator::Multinomial(std::span<const float> probs) {
  int64_t winner = -1;
  float best = 0;
  for (size_t i = 0; i < probs.size(); ++i) {
    const float p = probs[i];
    if (!(p >= 0 && std::isfinite(p))) {
      Fail(absl::StrCat("Multinomial: probability ", p, " at index ", i));
    }
    const double u = UniformDouble();
    if (p == 0) continue;  // can't win: spares the logarithms of what top-k sampling left out
    const float score = p / static_cast<float>(-std::log1p(-u));
    if (winner < 0 || score > best) {
      best = score;
      winner = static_cast<int64_t>(i);
    }
  }
  if (winner < 0) Fail(absl::StrCat("Multinomial: all ", probs.size(), " probabilities are 0"));
  return winner;
}

std::vector<int64_t> Generator::Multinomial(std::span<const float> probs, int64_t rows) {
  if (rows <= 0 || probs.size() % static_cast<size_t>(rows) != 0) {
    Fail(absl::StrCat("Multinomial: ", probs.size(), " probabilities in ", rows, " rows"));
  }
  const size_t columns = probs.size() / static_cast<size_t>(rows);
  std::vector<int64_t> out(rows);
  for (int64_t r = 0; r < rows; ++r) out[r] = Multinomial(probs.subspan(r * columns, columns));
  return out;
}

GeneratorState Generator::state() const {
  return {twister_.words(), twister_.position(), has_cached_normal_,
          has_cached_normal_ ? cached_normal_ : 0};
}

void Generator::SetState(const GeneratorState& state) {
  if (state.position < 0 || state.position > MersenneTwister::kWords) {
    Fail(absl::StrCat("SetState: position ", state.position, " is not in [0, 624]"));
  }
  twister_.Restore(state.words, state.position);
  has_cached_normal_ = state.has_cached_normal;
  cached_normal_ = state.cached_normal;
}

Generator& GlobalGenerator() {
  static Generator generator;
  return generator;
}

void ManualSeed(uint64_t seed) { GlobalGenerator().ManualSeed(seed); }

namespace {

// The layout of a serialized state, little-endian and without gaps.
struct SavedState {
  char mark[8];
  uint32_t words[MersenneTwister::kWords];
  uint32_t position;
  uint32_t has_cached_normal;
  double cached_normal;
};
static_assert(sizeof(SavedState) == 2520);

constexpr char kMark[8] = {'M', 'T', '1', '9', '9', '3', '7', '1'};  // the last 1: our version

}  // namespace

std::string GeneratorState::Serialize() const {
  SavedState saved = {};
  std::memcpy(saved.mark, kMark, sizeof(kMark));
  std::copy(words.begin(), words.end(), saved.words);
  saved.position = static_cast<uint32_t>(position);
  saved.has_cached_normal = has_cached_normal;
  saved.cached_normal = cached_normal;
  return std::string(reinterpret_cast<const char*>(&saved), sizeof(saved));
}

absl::StatusOr<GeneratorState> GeneratorState::Parse(std::span<const std::byte> bytes) {
  SavedState saved;
  if (bytes.size() != sizeof(saved)) {
    return absl::DataLossError(absl::StrCat("random generator's state: expected ", sizeof(saved),
                                            " bytes, found ", bytes.size()));
  }
  std::memcpy(&saved, bytes.data(), sizeof(saved));
  const auto wrong = [](auto... what) {
    return absl::DataLossError(absl::StrCat("random generator's state: ", what...));
  };
  if (std::memcmp(saved.mark, kMark, sizeof(kMark)) != 0) return wrong("wrong mark at offset 0");
  if (saved.position > MersenneTwister::kWords) {
    return wrong("position ", saved.position, " at offset 2504, expected 0 to 624");
  }
  if (saved.has_cached_normal > 1 || !std::isfinite(saved.cached_normal)) {
    return wrong("the cached normal at offset 2508 is not one");
  }
  GeneratorState state;
  std::copy(std::begin(saved.words), std::end(saved.words), state.words.begin());
  if (std::all_of(state.words.begin() + 1, state.words.end(), [](uint32_t w) { return w == 0; }) &&
      (state.words[0] & 0x80000000u) == 0) {
    return wrong("all words are 0, from which only zeros would follow");
  }
  state.position = static_cast<int32_t>(saved.position);
  state.has_cached_normal = saved.has_cached_normal == 1;
  state.cached_normal = saved.cached_normal;
  return state;
}

}  // namespace gokart
