// The text messages that chapter 6 learns to sort when it is given no others: ham (wanted) and
// spam.
//
//   std::string_view tsv = SmsMessages();   // "ham\tOn my way\nspam\tU have WON ...\n..."
//
// They were written for this project, to take the place of the SMS Spam Collection that the
// workshop downloads. Nobody ever sent them: the telephone numbers are from ranges kept free for
// fiction (07700 900xxx, 01632 960xxx, 555-01xx) or out of use, the addresses end in .example.
#ifndef GOKART_WORKSHOP_DATA_SMS_H_
#define GOKART_WORKSHOP_DATA_SMS_H_

#include <string_view>

namespace gokart {

/// sms.tsv, byte for byte: on each line a label (ham or spam), a tab, and the message.
std::string_view SmsMessages();

}  // namespace gokart

#endif  // GOKART_WORKSHOP_DATA_SMS_H_
