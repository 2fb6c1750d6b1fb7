// Layers without initial values, for models whose weights are about to be loaded.
//
//   std::unique_ptr<GPTModel> model;
//   {
//     const SkipInit skip_init;
//     model = std::make_unique<GPTModel>(config);  // in no time, and its memory is not touched
//   }
//   // now every parameter must be set
//
// Drawing the 124 million initial values of GPT-2 takes longer than reading its weights.
#ifndef GOKART_TENSOR_NN_SKIP_INIT_H_
#define GOKART_TENSOR_NN_SKIP_INIT_H_

namespace gokart {

/// While one of these lives, layers that its thread makes leave their weights undefined and draw no
/// random numbers.
class SkipInit {
 public:
  SkipInit() { ++depth_; }
  ~SkipInit() { --depth_; }
  SkipInit(const SkipInit&) = delete;
  SkipInit& operator=(const SkipInit&) = delete;

  static bool Active() { return depth_ > 0; }

 private:
  static inline thread_local int depth_ = 0;
};

}  // namespace gokart

#endif  // GOKART_TENSOR_NN_SKIP_INIT_H_
