"""The one language: sentences about events, and what they mean.

A sentence ("every change to a supplier's bank details made by anyone outside Finance") has one grammar and one
meaning, a *pattern*; what is to be done about the events it means (keep them, look at them, tell somebody) are its
*duties*. Rules, searches, alarms and reviews are all a pattern plus a duty.

* `pattern`: what a sentence means, as plain values and as the JSON that `indelible understand` prints.
* `world`: the organisation's own names, which the words of a sentence may be.
* `understanding`: what reading a sentence gives: pattern, duties, what was not understood, what must be asked.
* `reading` (`understand`): a sentence -> an understanding. `rendering`: a pattern -> its one canonical sentence.
* `matching`: a pattern -> a test on an event.

Pure: no Django, no database, no clock (what "today" is comes as an argument).
"""
