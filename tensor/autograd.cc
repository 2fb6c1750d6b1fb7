#include "tensor/autograd.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <utility>

#include "tensor/kernels/elementwise.h"
#include "tensor/tensor.h"

namespace gokart {
namespace {

thread_local bool grad_enabled = true;

bool FlowsTo(const GradSlot& slot) {
  return slot.requires_grad || slot.producer != nullptr || slot.spent != nullptr;
}

bool IsLeaf(const GradSlot& slot) { return slot.producer == nullptr; }

Buffer Copy(const Buffer& source) {
  Buffer copy = Buffer::Allocate(source.size());
  std::memcpy(copy.mutable_data(), source.data(), source.size() * sizeof(float));
  return copy;
}

// Makes the slot's gradient safe to write to: an interior gradient may share its buffer with
// others.
void Unshare(GradSlot& slot) {
  if (!IsLeaf(slot) && slot.grad.use_count() > 1) slot.grad = Copy(slot.grad);
}

void AddGradient(GradSlot& slot, const Buffer& gradient) {
  if (slot.grad) {
    Unshare(slot);
    kernels::AddTo(slot.size, gradient.data(), slot.grad.mutable_data());
  } else {
    slot.grad = IsLeaf(slot) ? Copy(gradient) : gradient;
  }
}

// The slots from which `root` was computed, each after all that it was computed from. Iterative: a
// chain of a million operations must not need a million stack frames.
std::vector<std::shared_ptr<GradSlot>> PostOrder(const std::shared_ptr<GradSlot>& root) {
  std::vector<std::shared_ptr<GradSlot>> order;
  std::unordered_set<const GradSlot*> visited = {root.get()};
  struct Frame {
    std::shared_ptr<GradSlot> slot;
    size_t next_input;
  };
  std::vector<Frame> stack = {{root, 0}};
  while (!stack.empty()) {
    Frame& frame = stack.back();
    if (frame.slot->spent != nullptr) {
      throw std::logic_error(std::string("Backward: the tape behind '") + frame.slot->spent +
                             "' was used by an earlier Backward; compute the loss again");
    }
    const auto& producer = frame.slot->producer;
    if (producer && frame.next_input < producer->inputs.size()) {
      std::shared_ptr<GradSlot> input = producer->inputs[frame.next_input++];
      if (FlowsTo(*input) && visited.insert(input.get()).second) stack.push_back({input, 0});
      continue;
    }
    order.push_back(std::move(frame.slot));
    stack.pop_back();
  }
  return order;
}

}  // namespace

bool InputGradients::Wants(int input) const { return FlowsTo(*slots_[input]); }

GradSink InputGradients::Sink(int input) {
  GradSlot& slot = *slots_[input];
  const bool seen = std::any_of(open_.begin(), open_.end(),
                                [&](int other) { return slots_[other].get() == &slot; });
  if (seen) {  // the same tensor twice: the two must not be written side by side
    pending_.push_back({input, Buffer::Allocate(slot.size)});
    return {pending_.back().buffer.mutable_data(), false};
  }
  open_.push_back(input);
  const bool accumulate = static_cast<bool>(slot.grad);
  if (accumulate) {
    Unshare(slot);
  } else {
    slot.grad = Buffer::Allocate(slot.size);
  }
  return {slot.grad.mutable_data(), accumulate};
}

void InputGradients::Pass(int input, const Buffer& gradient) {
  if (Wants(input)) AddGradient(*slots_[input], gradient);
}

void InputGradients::Finish() {
  for (const Pending& pending : pending_) AddGradient(*slots_[pending.input], pending.buffer);
  pending_.clear();
  open_.clear();
}

// Dismantles in a loop what would otherwise be a recursion as deep as the tape is long.
Node::~Node() {
  std::vector<std::shared_ptr<GradSlot>> doomed = std::move(inputs);
  while (!doomed.empty()) {
    std::shared_ptr<GradSlot> slot = std::move(doomed.back());
    doomed.pop_back();
    if (slot.use_count() > 1 || !slot->producer || slot->producer.use_count() > 1) continue;
    for (auto& input : slot->producer->inputs) doomed.push_back(std::move(input));
    slot->producer->inputs.clear();
  }
}

Saved::Saved(const Tensor& tensor) : buffer_(tensor.buffer()), version_(buffer_.version()) {}

const float* Saved::data() const {
  if (buffer_.version() != version_) {
    throw std::logic_error(
        "Backward: a tensor that an operation needs for its gradient was changed in place "
        "after the operation read it");
  }
  return buffer_.data();
}

Tensor Record(const char* name, Tensor out, const std::vector<Tensor>& inputs,
              BackwardFunction backward) {
  if (!grad_enabled) return out;
  const bool wanted = std::any_of(inputs.begin(), inputs.end(),
                                  [](const Tensor& t) { return FlowsTo(*t.grad_slot()); });
  if (!wanted) return out;
  auto node = std::make_shared<Node>();
  node->name = name;
  for (const Tensor& input : inputs) node->inputs.push_back(input.grad_slot());
  node->backward = std::move(backward);
  out.grad_slot()->producer = std::move(node);
  return out;
}

Tensor Record(const char* name, Tensor out, std::initializer_list<Tensor> inputs,
              BackwardFunction backward) {
  return Record(name, std::move(out), std::vector<Tensor>(inputs), std::move(backward));
}

NoGrad::NoGrad() : previous_(std::exchange(grad_enabled, false)) {}
NoGrad::~NoGrad() { grad_enabled = previous_; }
bool GradEnabled() { return grad_enabled; }

void RunBackward(const Tensor& loss, const Buffer& seed) {
  const std::shared_ptr<GradSlot>& root = loss.grad_slot();
  if (!FlowsTo(*root)) {
    throw std::logic_error("Backward: nothing that wants a gradient went into this tensor");
  }
  std::vector<std::shared_ptr<GradSlot>> order = PostOrder(root);
  AddGradient(*root, seed);
  while (!order.empty()) {
    const std::shared_ptr<GradSlot> slot = std::move(order.back());
    order.pop_back();
    const std::shared_ptr<Node> node = std::move(slot->producer);
    if (node == nullptr) continue;  // a leaf keeps its gradient
    slot->spent = node->name;
    const Buffer dout = std::exchange(slot->grad, Buffer());
    if (!dout) continue;
    InputGradients grads(node->inputs);
    node->backward(dout, grads);
    grads.Finish();
    // Node, closure, saved buffers and this gradient go here, before the next operation needs
    // memory.
  }
}

}  // namespace gokart
