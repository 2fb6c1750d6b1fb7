// Writes Python objects as a pickle: a program of one-byte opcodes for a stack machine, which
// builds them when it is read.
//
//   PickleWriter pickle;
//   pickle.Mark();                    // the tuple ("storage", 3):
//   pickle.Text("storage");
//   pickle.Int(3);
//   pickle.TupleFromMark();
//   std::string bytes = std::move(pickle).Finish();
//
// Protocol 2 as of Python 2.3, the one that torch.save uses. Each function pushes one object unless
// it says otherwise. Source: the comments in Python's Lib/pickletools.py.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_PICKLE_WRITER_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_PICKLE_WRITER_H_

#include <cstdint>
#include <map>
#include <string>

namespace gokart {

class PickleWriter {
 public:
  PickleWriter();

  void Int(int64_t value);
  void False();
  /// UTF-8. A text that was there before is taken from the reader's memory.
  void Text(const std::string& text);
  /// A class or function: Global("collections", "OrderedDict"). Remembered like texts.
  void Global(const std::string& module, const std::string& name);

  void EmptyTuple();
  /// Marks a place on the stack, pushing nothing.
  void Mark();
  /// Makes a tuple of everything since the mark.
  void TupleFromMark();
  /// Adds everything since the mark, keys and values in turn, to the dictionary below it.
  void SetItemsFromMark();

  /// Calls the callable below with the arguments tuple on top; both make place for the result.
  void Call();
  /// Makes of the id on top the object that the reader's persistent_load knows by it.
  void PersistentObject();

  /// Ends with the object on top as the result.
  std::string Finish() &&;

 private:
  // Pushes what was pushed under this key before, if it was.
  bool PushRemembered(const std::string& key);
  // Remembers the top of the stack under this key.
  void Remember(const std::string& key);

  std::string out_;
  std::map<std::string, uint32_t> memory_;
};

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_PICKLE_WRITER_H_
