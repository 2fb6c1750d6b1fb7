// Sixteen normal numbers out of sixteen uniform ones, rounded exactly as PyTorch rounds them.
//
//   float x[16] = {...};           // uniform on [0, 1)
//   BoxMuller16(x, 0.0f, 0.02f);   // now normal with mean 0 and standard deviation 0.02
//
// G. E. P. Box and M. E. Muller, "A note on the generation of random normal deviates" (1958): for
// u1 on (0, 1] and u2 on [0, 1), r cos(2 pi u2) and r sin(2 pi u2) with r = sqrt(-2 ln u1) are
// independent and normal.
#ifndef GOKART_TENSOR_BOX_MULLER_H_
#define GOKART_TENSOR_BOX_MULLER_H_

namespace gokart {

/// Turns x[0..15] into normals in place: x[j] and x[j + 8] come from u1 = 1 - x[j], u2 = x[j + 8].
///
/// PyTorch computes ln, sin and cos in float32 with the polynomials of the Cephes library
/// (S. L. Moshier; logf, sinf, cosf) and fused multiply-adds. The last bit depends on each of these
/// roundings, so the same steps are taken here; a math library's functions differ in every sixth
/// result. Errors over all arguments that occur: below 1e-7 (of ln relative, of sin and cos
/// absolute).
void BoxMuller16(float* x, float mean, float std);

}  // namespace gokart

#endif  // GOKART_TENSOR_BOX_MULLER_H_
