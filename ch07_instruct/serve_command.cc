#include "ch07_instruct/serve_command.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "workshop/interrupt.h"

namespace gokart {
namespace {

// A chat and, perhaps, a classifier.
class ServedModels : public ChatBackend {
 public:
  ServedModels(ModelChat& chat, std::optional<TextClassifier> classifier)
      : chat_(chat), classifier_(std::move(classifier)) {}

  std::string description() const override { return chat_.description(); }

  absl::StatusOr<int64_t> Answer(const std::vector<ChatMessage>& messages,
                                 const AnswerOptions& options, const OnText& on_text) override {
    return chat_.Answer(messages, options, on_text);
  }

  bool has_classifier() const override { return classifier_.has_value(); }

  absl::StatusOr<std::vector<LabelProbability>> Classify(const std::string& text) override {
    if (!classifier_) return ChatBackend::Classify(text);
    const auto found = gokart::Classify(*classifier_, {text});
    if (!found.ok()) return found.status();
    std::vector<LabelProbability> labels;
    for (size_t i = 0; i < classifier_->classes.size(); ++i) {
      labels.push_back({classifier_->classes[i], found->front().probabilities[i]});
    }
    std::sort(labels.begin(), labels.end(),
              [](const auto& a, const auto& b) { return a.probability > b.probability; });
    return labels;
  }

 private:
  ModelChat& chat_;
  const std::optional<TextClassifier> classifier_;
};

}  // namespace

absl::Status Serve(ModelChat& chat, std::optional<TextClassifier> classifier,
                   const ChatServerOptions& options) {
  ServedModels models(chat, std::move(classifier));
  const InterruptGuard interrupt;
  absl::StatusOr<std::unique_ptr<ChatServer>> server = ChatServer::Start(models, options);
  if (!server.ok()) return server.status();
  std::printf("Chat page   %s   (Ctrl-C ends it)\n", (*server)->url().c_str());
  std::fflush(stdout);
  while (!interrupt.Requested()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  return absl::OkStatus();
}

}  // namespace gokart
