"""The product records itself: each of its own acts is a lawful event, and reads well."""

from __future__ import annotations

from typing import Any

import pytest

from indelible.events import (
    own,
    own_alarms,
    own_books,
    own_coverage,
    own_door,
    own_drill,
    own_hooks,
    own_keys,
    own_names,
    own_outside,
    own_packs,
    own_people,
    own_receipts,
    own_reminders,
    own_reviews,
    own_rules,
    own_runbooks,
    own_settings,
    own_signoffs,
    own_silence,
    own_views,
)
from indelible.events.event import Event, Party, check_event, from_content, to_content
from indelible.events.own_sentence import TELLERS
from indelible.events.sentence import tell

PRIYA: Party = {"id": "1", "name": "Priya Nair", "email": "priya@example.com", "kind": "person"}
TOM: Party = {"id": "2", "name": "Tom Reed", "kind": "person"}
DIGEST = "0a" * 32
JUNE_11, JUNE_12 = "2025-06-11T18:00:00Z", "2025-06-12T09:30:00Z"
OLD_KEY, NEW_KEY = "log-3f.indelible/main+11111111+AQ", "log-3f.indelible/main+22222222+AQ"


RULES = [
    ("3.2", "Record when someone changes an invoice."),
    ("7.1", "Record when someone pays anything."),
    ("12.1", "Record when someone signs in."),
]


def imported(**counts: int) -> Event:
    return own.file_imported(TOM, "AccountsPro", "payments.csv", counts, DIGEST, 42609, 42816)


SENTENCES: list[tuple[Event, str]] = [
    (
        own_drill.drill_held(PRIYA, 27, 26, 700, DIGEST),
        "Priya Nair held a tamper drill: 26 of 27 alterations of a copy were found",
    ),
    (
        own.record_started(PRIYA, "Northwind Trading Ltd", "log-3f.indelible/main", "log-3f+ab+AQ"),
        "Priya Nair started the record of Northwind Trading Ltd",
    ),
    (
        imported(read=212, recorded=208, rejected=4),
        "Tom Reed recorded 208 of 212 rows of payments.csv from AccountsPro; 4 were left out",
    ),
    (
        imported(read=2120, recorded=2120),
        "Tom Reed recorded all 2,120 rows of payments.csv from AccountsPro",
    ),
    (imported(read=1, recorded=1), "Tom Reed recorded the one row of payments.csv from AccountsPro"),
    (
        imported(read=212, duplicates=212),
        "Tom Reed recorded nothing of the 212 rows of payments.csv from AccountsPro; 212 were already held",
    ),
    (
        imported(read=30, recorded=20, duplicates=7, conflicts=1, rejected=2),
        "Tom Reed recorded 20 of 30 rows of payments.csv from AccountsPro; 7 were already held, "
        "1 differs from what is held and 2 were left out",
    ),
    (imported(), "Tom Reed took in payments.csv from AccountsPro, which holds no rows"),
    (
        own.file_imported(TOM, "Xero", "a.csv", {"read": 9, "recorded": 9}, stopped=True),
        "Tom Reed recorded all 9 rows of a.csv from Xero; the import was stopped before the end",
    ),
    (
        own.file_refused(TOM, None, "scan.pdf", "unsupported_type", "This kind of file cannot be read"),
        "Tom Reed tried to record scan.pdf and failed: This kind of file cannot be read",
    ),
    (
        own.file_refused(TOM, "Xero", "scan.pdf", "unsupported_type"),
        "Tom Reed tried to record scan.pdf from Xero and failed: unsupported_type",
    ),
    (own.source_added(PRIYA, 7, "AccountsPro", "xero"), "Priya Nair added the source AccountsPro"),
    (
        own.source_renamed(PRIYA, 7, "AccountsPro", "Xero"),
        "Priya Nair renamed the source AccountsPro to Xero",
    ),
    (
        own.source_changed(PRIYA, 7, "Xero", [{"field": "zone", "before": "UTC", "after": "Europe/Oslo"}]),
        "Priya Nair changed the zone of the source Xero from UTC to Europe/Oslo",
    ),
    (own.source_changed(PRIYA, 7, "Xero", []), "Priya Nair changed how the source Xero is read"),
    (
        own.source_switched(PRIYA, 7, "Xero", "paused", reason="moving house"),
        "Priya Nair paused the source Xero: “moving house”",
    ),
    (own.source_switched(PRIYA, 7, "Xero", "resumed"), "Priya Nair resumed the source Xero"),
    (own.source_switched(PRIYA, 7, "Xero", "ended"), "Priya Nair ended the source Xero"),
    (own.entries_looked_at(PRIYA, 12), "Priya Nair looked at 12 entries of the record"),
    (
        own.entries_looked_at(PRIYA, [3, 4], "who:maria"),
        "Priya Nair looked at 2 entries of the record, asking for “who:maria”",
    ),
    (own.entries_looked_at(PRIYA, [42816]), "Priya Nair looked at entry 42,817"),
    (own.entries_looked_at(PRIYA, 1), "Priya Nair looked at one entry of the record"),
    (own.entries_looked_at(PRIYA, 0), "Priya Nair looked at the record and found no entry"),
    (own.record_checked(None, "matches", 42806), "The record was checked: 42,806 entries, nothing altered"),
    (
        own.record_checked(PRIYA, "matches", 1),
        "Priya Nair checked the record: 1 entry, nothing altered",
    ),
    (own.record_checked(None, "matches", 0), "The record was checked: it holds no entry yet"),
    (
        own.record_checked(PRIYA, "does_not_match", 42806, ["altered", "gone"]),
        "Priya Nair checked the record: 42,806 entries, 2 findings of alteration",
    ),
    (
        own.record_checked(None, "does not match", 42806, 1),
        "The record was checked: 42,806 entries, 1 finding of alteration",
    ),
    (
        own.record_checked(None, "could not be checked", 42806, scope="since the last check"),
        "Part of the record was checked (since the last check): 42,806 entries, "
        "but something could not be checked",
    ),
    (own.published(PRIYA, 70000, 275), "Priya Nair published the record: 70,000 entries, 275 files"),
    (
        own.exported(PRIYA, 8, "what:change", file_name="eight.csv", reason="for the auditor"),
        "Priya Nair exported 8 entries of the record as eight.csv, asking for “what:change”: “for the auditor”",
    ),
    (own.exported(PRIYA, 1), "Priya Nair exported 1 entry of the record"),
    (own.search_rebuilt(None, 42806), "Indelible rebuilt the search of the record: 42,806 entries"),
    (
        own.clock_found_behind(3200),
        "Indelible noticed that the clock of this server is 3 seconds behind the newest entry",
    ),
    (
        own.clock_found_behind(12, host="web-2"),
        "Indelible noticed that the clock of web-2 is 12 milliseconds behind the newest entry",
    ),
    (
        own.correction(PRIYA, 42647, "supplier", "Harlow Freight", "Harrow Freight", "typing mistake"),
        "Priya Nair corrected entry 42,648: the supplier is Harrow Freight, not Harlow Freight",
    ),
    (
        own.correction(PRIYA, 4, "Supplier", None, "Harrow", "was missing"),
        "Priya Nair corrected entry 5: the supplier is Harrow",
    ),
    (
        own.correction(PRIYA, 4, "amount", "", "0", "was missing"),
        "Priya Nair corrected entry 5: the amount is 0",
    ),
    (
        own.correction(PRIYA, 4, "supplier", "Harlow", "", "none"),
        "Priya Nair corrected entry 5: the supplier is empty, not Harlow",
    ),
    (
        own.correction(PRIYA, 4, "supplier", "Harlow", None, "wrong"),
        "Priya Nair corrected entry 5: the supplier is not Harlow",
    ),
    (
        own.mistaken_import(PRIYA, 42609, 42816, "payments.csv", "wrong month"),
        "Priya Nair marked the import of payments.csv (entries 42,610 to 42,817) as a mistake: “wrong month”",
    ),
    (own.note(PRIYA, 4, "Paper copy in box 9"), "Priya Nair added a note to entry 5: “Paper copy in box 9”"),
    (own.note(PRIYA, 4, "As expected", kind="answer"), "Priya Nair answered about entry 5: “As expected”"),
    (own.signed_in(PRIYA, {"ip": "192.0.2.7"}), "Priya Nair signed in to Indelible"),
    (
        own.signed_in(
            {"email": "x@example.com", "kind": "unknown"}, outcome="failure", reason="wrong_password"
        ),
        "x@example.com tried to sign in to Indelible and failed: wrong_password",
    ),
    (
        own.signed_in({"kind": "unknown"}, outcome="denied"),
        "Somebody not named was not allowed to sign in to Indelible",
    ),
    (own.signed_out(PRIYA), "Priya Nair signed out of Indelible"),
    (own.password_changed(PRIYA), "Priya Nair changed their own password"),
    (own.password_changed(PRIYA, TOM), "Priya Nair changed the password of Tom Reed"),
    (own.person_added(PRIYA, TOM, "Reviewer"), "Priya Nair gave Tom Reed access to the record (Reviewer)"),
    (own.person_added(PRIYA, TOM), "Priya Nair gave Tom Reed access to the record"),
    (
        own.settings_changed(PRIYA, [{"field": "zone", "before": "UTC", "after": "Europe/Oslo"}]),
        "Priya Nair changed the zone from UTC to Europe/Oslo",
    ),
    (own.settings_changed(PRIYA, [], what="Mail"), "Priya Nair changed Mail"),
    (own.settings_changed(PRIYA, []), "Priya Nair changed the settings"),
    (
        own_receipts.recipient_added(PRIYA, "Holm and Partners", "seals@holm.example", "daily"),
        "Priya Nair added Holm and Partners to those who get receipts of our seals by mail",
    ),
    (
        own_receipts.recipient_ended(PRIYA, "Holm and Partners", "seals@holm.example"),
        "Priya Nair ended the receipts for Holm and Partners",
    ),
    (
        own_receipts.receipt_sent(
            None, "Holm and Partners", "seals@holm.example", 42118, "cm9vdA==", "<1@x>"
        ),
        "Indelible mailed the receipt of seal 42,118 to Holm and Partners",
    ),
    (
        own_receipts.receipt_compared(PRIYA, "same", 42118, "seals@holm.example"),
        "Priya Nair held a receipt of seal 42,118 that came back against the record: it is the same",
    ),
    (
        own_receipts.receipt_compared(PRIYA, "differs", 42118),
        "Priya Nair held a receipt of seal 42,118 that came back against the record: it is of another history",
    ),
    (
        own_receipts.receipt_compared(PRIYA, "ahead", 42118),
        "Priya Nair held a receipt of seal 42,118 that came back against the record, which holds fewer entries",
    ),
    (
        own_receipts.receipt_compared(PRIYA, "other"),
        "Priya Nair held a receipt that came back against the record: it is not ours",
    ),
    (
        own_receipts.log_opened(PRIYA, "main", "https://audit.example/log/main/"),
        "Priya Nair let anybody read the fingerprints of the logbook main",
    ),
    (
        own_receipts.log_closed(PRIYA, "main"),
        "Priya Nair closed the fingerprints of the logbook main to others",
    ),
    (
        own_packs.pack_made(PRIYA, "0a1b", DIGEST, {"sources/7": 208}, entries=208, question="All of Xero"),
        "Priya Nair made the evidence pack 0a1b with 208 entries, asking for “All of Xero”",
    ),
    (
        own_packs.pack_made(PRIYA, "0a1b", DIGEST, {}, entries=1, question=""),
        "Priya Nair made the evidence pack 0a1b with 1 entry",
    ),
    (
        own_packs.pack_handed_over(PRIYA, "0a1b", "Holm and Partners", "by e-mail", DIGEST),
        "Priya Nair handed over the evidence pack 0a1b to Holm and Partners (by e-mail)",
    ),
    (
        own_packs.pack_handed_over(PRIYA, "0a1b", "Holm and Partners", "", DIGEST),
        "Priya Nair handed over the evidence pack 0a1b to Holm and Partners",
    ),
    (
        own_packs.pack_downloaded(TOM, "0a1b", DIGEST),
        "Tom Reed downloaded the evidence pack 0a1b",
    ),
    (
        own_packs.pack_deleted(TOM, "0a1b", DIGEST),
        "Tom Reed deleted the file of the evidence pack 0a1b",
    ),
    (
        own_outside.witness_added(PRIYA, "Holm and Partners", "w+key", "https://witness.example"),
        "Priya Nair added Holm and Partners to the witnesses who hold our seals",
    ),
    (
        own_outside.witness_ended(PRIYA, "Holm and Partners", "w+key", "They close down in June"),
        "Priya Nair ended Holm and Partners as a witness of our seals: “They close down in June”",
    ),
    (
        own_outside.authority_added(PRIYA, "Stamps Ltd", "https://tsa.example", ["ab" * 32]),
        "Priya Nair added Stamps Ltd to those who give our seals outside time stamps",
    ),
    (
        own_outside.authority_ended(PRIYA, "Stamps Ltd", "Too dear"),
        "Priya Nair ended the outside time stamps by Stamps Ltd: “Too dear”",
    ),
    (
        own_outside.seal_sent(PRIYA, 42_806, ["A", "B"], []),
        "Priya Nair sent seal 42,806 to those who hold our seals: 2 took it",
    ),
    (
        own_outside.seal_sent(PRIYA, 42_806, ["A"], ["B"]),
        "Priya Nair sent seal 42,806 to those who hold our seals: 1 took it, 1 did not",
    ),
    (
        own_outside.time_stamp_received("Stamps Ltd", 42_806, "2026-06-12T12:00:00Z", "ab" * 32, "7"),
        "Indelible received the outside time stamp of Stamps Ltd on seal 42,806",
    ),
    (
        own_keys.key_announced(PRIYA, OLD_KEY, NEW_KEY, "Once a year"),
        "Priya Nair announced 22222222 as a new sealing key: “Once a year”",
    ),
    (
        own_keys.key_put_in_use(PRIYA, OLD_KEY, NEW_KEY, accepted_by=["Holm and Partners"]),
        "Priya Nair put the new sealing key 22222222 in use alone",
    ),
    (
        own_keys.key_revoked(PRIYA, OLD_KEY, NEW_KEY, 700, "The laptop was stolen", to_tell=["Holm"]),
        "Priya Nair revoked the sealing key 11111111 as stolen and put a new one in its place:"
        " “The laptop was stolen”",
    ),
    (
        own_keys.key_restored(PRIYA, OLD_KEY),
        "Priya Nair put the sealing key 11111111 back from its recovery sheet",
    ),
    (
        own_keys.passphrase_act(PRIYA, "set", OLD_KEY),
        "Priya Nair put the sealing key 11111111 under a passphrase",
    ),
    (
        own_keys.passphrase_act(PRIYA, "changed", OLD_KEY),
        "Priya Nair changed the passphrase of the sealing key 11111111",
    ),
    (
        own_keys.passphrase_act(PRIYA, "removed", OLD_KEY),
        "Priya Nair took the passphrase off the sealing key 11111111",
    ),
    (
        own_keys.recovery_sheet_made(PRIYA, OLD_KEY),
        "Priya Nair made a recovery sheet of the sealing key 11111111",
    ),
    (
        own_outside.difference_explained(PRIYA, "Holm and Partners", 12, "A test server ran from our backup"),
        "Priya Nair explained why Holm and Partners knows another seal 12: “A test server ran from our backup”",
    ),
    (
        own_silence.silence_began(7, "Payroll Cloud", JUNE_11, expected_by=JUNE_12),
        "Payroll Cloud was expected by 2025-06-12 09:30 UTC and is silent; it was last heard at 2025-06-11 18:00 UTC",
    ),
    (
        own_silence.silence_began(7, "Payroll Cloud", JUNE_11),
        "Payroll Cloud is silent; it was last heard at 2025-06-11 18:00 UTC",
    ),
    (
        own_silence.refusal_began(7, "Bank mail", JUNE_11, "mailbox-refused", "The mailbox refuses us"),
        "Nothing can be taken from Bank mail since 2025-06-11 18:00 UTC: The mailbox refuses us",
    ),
    (
        own_silence.gap_ended(7, "Payroll Cloud", "silent", JUNE_11, JUNE_12, 41),
        "Payroll Cloud was silent from 2025-06-11 18:00 UTC to 2025-06-12 09:30 UTC",
    ),
    (
        own_silence.gap_ended(7, "Bank mail", "refused", JUNE_11, JUNE_12),
        "Nothing could be taken from Bank mail from 2025-06-11 18:00 UTC to 2025-06-12 09:30 UTC",
    ),
    (
        own_silence.explained(
            "gap_explained", PRIYA, 7, "Payroll Cloud", "Their server moved", 41, {"since": JUNE_11}
        ),
        "Priya Nair explained why nothing came from Payroll Cloud from 2025-06-11 18:00 UTC on: “Their server moved”",
    ),
    (
        own_silence.quiet_announced(PRIYA, 7, "Payroll Cloud", JUNE_11, JUNE_12, "Summer holidays"),
        "Priya Nair announced that nothing is to be expected from Payroll Cloud from 2025-06-11 18:00 UTC"
        " to 2025-06-12 09:30 UTC: “Summer holidays”",
    ),
    (
        own_silence.quiet_withdrawn(PRIYA, 7, "Payroll Cloud", JUNE_11, JUNE_12, 40),
        "Priya Nair withdrew the announced quiet of Payroll Cloud from 2025-06-11 18:00 UTC to 2025-06-12 09:30 UTC",
    ),
    (
        own_silence.total_told(
            PRIYA,
            7,
            "Payroll Cloud",
            JUNE_11,
            JUNE_12,
            count=40,
            amount="1200.50",
            currency="EUR",
            said_by="the bank",
        ),
        "Priya Nair gave a total for Payroll Cloud, 2025-06-11 18:00 UTC to 2025-06-12 09:30 UTC:"
        " 40 records and 1200.50 EUR, by the word of the bank",
    ),
    (
        own_silence.explained(
            "total_explained",
            PRIYA,
            7,
            "Payroll Cloud",
            "Two were voided",
            44,
            {"since": JUNE_11, "until": JUNE_12},
        ),
        "Priya Nair explained why Payroll Cloud differs from its total, 2025-06-11 18:00 UTC to 2025-06-12 09:30 UTC:"
        " “Two were voided”",
    ),
    (
        own_silence.numbers_missing(7, "Payroll Cloud", "invoices", 5, 5),
        "Missing from Payroll Cloud: number 5 of invoices",
    ),
    (
        own_silence.numbers_filled(7, "Payroll Cloud", "", 5, 1008, 45),
        "What was missing from Payroll Cloud came later: numbers 5 to 1,008",
    ),
    (
        own_silence.explained(
            "numbers_explained",
            PRIYA,
            7,
            "Payroll Cloud",
            "A test run",
            45,
            {"first_number": 5, "last_number": 8},
        ),
        "Priya Nair explained why numbers 5 to 8 of Payroll Cloud are missing: “A test run”",
    ),
    (
        own_silence.day_recorded(
            7,
            "Payroll Cloud",
            "2025-06-12",
            {"read": 1200, "recorded": 1198, "rejected": 2},
            deliveries=60,
            size=9,
        ),
        "The messages of 2025-06-12 from Payroll Cloud are accounted for: 1,200 records; 2 were left out",
    ),
    (
        own_settings.mail_tested(PRIYA, "mail.northwind.example:587"),
        "Priya Nair sent a test message through the mail server mail.northwind.example:587",
    ),
    (
        own_settings.mail_tested(PRIYA, "mail.northwind.example:587", "It said: 550 no"),
        "Priya Nair tried to send a test message through the mail server mail.northwind.example:587:"
        " “It said: 550 no”",
    ),
    (
        own_rules.rule_added(PRIYA, "3.1", "Record who joins", {"needs": [{"fact": "reason"}]}),
        "Priya Nair changed what we record: rule 3 is new, “Record who joins”",
    ),
    (
        own_rules.rule_changed(
            PRIYA,
            "3.2",
            "Record who joins and leaves",
            [{"field": "sentence", "before": "Record who joins", "after": "Record who joins and leaves"}],
            {"pattern": {"verbs": ["create", "close"]}},
            approver="Tom Reed",
            reason="Leavers matter too",
        ),
        "Priya Nair changed what we record: rule 3 from Record who joins to Record who joins and leaves;"
        " Tom Reed agreed: “Leavers matter too”",
    ),
    (
        own_rules.rule_changed(
            PRIYA, "3.3", "Record who joins", [{"field": "needs", "before": "reason", "after": ""}], {}
        ),
        "Priya Nair changed what we record: how rule 3 is kept, “Record who joins”",
    ),
    (
        own_rules.rule_switched(PRIYA, "rule_switched_off", "3.3", "Record who joins", reason="Moved to HR"),
        "Priya Nair changed what we record: rule 3 is switched off, “Record who joins”: “Moved to HR”",
    ),
    (
        own_rules.rule_switched(PRIYA, "rule_switched_on", "3.3", "Record who joins"),
        "Priya Nair changed what we record: rule 3 is switched on again, “Record who joins”",
    ),
    (
        own_rules.thing_added(PRIYA, "x.tray", "greenhouse tray", "greenhouse trays", "place"),
        "Priya Nair added greenhouse tray to the things of our own",
    ),
    (
        own_views.view_shared(PRIYA, 3, "Large invoices", "Entries where an invoice was changed"),
        "Priya Nair shared the saved view Large invoices with everybody, asking for"
        " “Entries where an invoice was changed”",
    ),
    (
        own_views.shared_view_changed(
            PRIYA, 3, "Invoices", [{"field": "name", "before": "Large invoices", "after": "Invoices"}]
        ),
        "Priya Nair changed the name of the shared view Invoices from Large invoices to Invoices",
    ),
    (
        own_views.shared_view_changed(PRIYA, 3, "Invoices", []),
        "Priya Nair changed the shared view Invoices",
    ),
    (
        own_views.shared_view_ended(PRIYA, 3, "Invoices", "Entries where an invoice was changed"),
        "Priya Nair ended the shared view Invoices, asking for “Entries where an invoice was changed”",
    ),
    (
        own_names.person_known(PRIYA, 4, "Maria Lopez"),
        "Priya Nair put Maria Lopez among the people whom sources speak of",
    ),
    (
        own_names.person_changed(
            PRIYA, 4, "Maria Lopez", [{"field": "e-mail address", "before": "", "after": "m@example.com"}]
        ),
        "Priya Nair changed the “e-mail address” of Maria Lopez from nothing to m@example.com",
    ),
    (
        own_names.person_left(PRIYA, 4, "Maria Lopez", "2025-06-30"),
        "Priya Nair recorded that no login is Maria Lopez any more after 2025-06-30",
    ),
    (
        own_door.address_met(7, "Payroll Cloud", "192.0.2.7"),
        "Payroll Cloud sent from the network address 192.0.2.7 for the first time",
    ),
    (
        own_door.passwords_refused({"192.0.2.7": 40}, 40),
        "40 wrong connection passwords were shown from the network address 192.0.2.7",
    ),
    (
        own_door.passwords_refused({"192.0.2.7": 1}, 1),
        "One wrong connection password was shown from the network address 192.0.2.7",
    ),
    (
        own_door.passwords_refused({"192.0.2.7": 1, "192.0.2.9": 1_200}, 1_201),
        "1,201 wrong connection passwords were shown",
    ),
    (
        own_hooks.messages_refused(7, "GitHub of Northwind", {"192.0.2.7": 3}, 3),
        "3 messages to GitHub of Northwind were not signed with its secret, from the network address 192.0.2.7",
    ),
    (
        own_hooks.messages_refused(7, "GitHub of Northwind", {"192.0.2.7": 1}, 1),
        "One message to GitHub of Northwind was not signed with its secret, from the network address 192.0.2.7",
    ),
    (
        own_hooks.messages_refused(7, "GitHub of Northwind", {"192.0.2.7": 3, "192.0.2.9": 2}, 10_000),
        "10,000 messages to GitHub of Northwind were not signed with its secret",
    ),
    (
        own_names.login_joined(PRIYA, "mlopez", "Maria Lopez"),
        "Priya Nair recorded that the login mlopez is Maria Lopez",
    ),
    (
        own_names.login_joined(PRIYA, "mlopez", "Maria Lopez", since="2025-03-01", source="Xero"),
        "Priya Nair recorded that the login mlopez is Maria Lopez, since 2025-03-01 (only in Xero)",
    ),
    (
        own_names.login_ended(PRIYA, "mlopez", "Maria Lopez", "2025-06-30"),
        "Priya Nair recorded that the login mlopez is not Maria Lopez any more after 2025-06-30",
    ),
    (
        own_names.login_withdrawn(
            PRIYA, "mlopez", "Maria Lopez", since="2025-03-01", until="2025-06-30", reason="Another Lopez"
        ),
        "Priya Nair took back that the login mlopez is Maria Lopez, from 2025-03-01 to 2025-06-30: “Another Lopez”",
    ),
    (
        own_people.access_refused(TOM, "change what we record", "Member"),
        "Tom Reed tried to change what we record, which their role does not include, and was refused",
    ),
    (
        own_people.access_refused(TOM, "change what we record", "Member", 1),
        "Tom Reed tried to change what we record, which their role does not include, and was refused, as once before",
    ),
    (
        own_people.access_refused(TOM, "change what we record", "", 12),
        "Tom Reed tried to change what we record, which their role does not include, and was refused,"
        " as 12 times before",
    ),
    (
        own_people.second_asked(PRIYA, 4, "change rule 3", "rules.change", DIGEST, reason="Prices rose"),
        "Priya Nair asked for a second person: change rule 3: “Prices rose”",
    ),
    (
        own_people.second_decided(own_people.SECOND_APPROVED, TOM, 4, "change rule 3", "Priya Nair", 41),
        "Tom Reed approved what Priya Nair asked for in entry 42: change rule 3",
    ),
    (
        own_people.second_decided(
            own_people.SECOND_SENT_BACK, TOM, 4, "change rule 3", "Priya Nair", 41, reason="Too wide"
        ),
        "Tom Reed sent back what Priya Nair asked for in entry 42: change rule 3: “Too wide”",
    ),
    (
        own_people.second_decided(own_people.SECOND_WITHDRAWN, PRIYA, 4, "change rule 3", "Priya Nair", 41),
        "Priya Nair withdrew what they asked a second person for in entry 42: change rule 3",
    ),
    (
        own_people.sign_offs_paused(TOM, 3, 15),
        "Sign-offs of Tom Reed pause after 3 passwords that did not fit",
    ),
    (
        own_people.sign_offs_paused(TOM, 1, 15),
        "Sign-offs of Tom Reed pause after a password that did not fit",
    ),
    (
        own_people.person_invited(PRIYA, "tom@example.com", "Reviewer", JUNE_12),
        "Priya Nair invited tom@example.com to the record (Reviewer)",
    ),
    (
        own_people.invitation_withdrawn(PRIYA, "tom@example.com", "Reviewer"),
        "Priya Nair withdrew the invitation of tom@example.com (Reviewer)",
    ),
    (
        own_people.invitation_accepted(TOM, "Reviewer", "Priya Nair", 41),
        "Tom Reed accepted the invitation of Priya Nair and has access to the record (Reviewer)",
    ),
    (
        own_people.role_changed(PRIYA, TOM, "Reviewer", "Member"),
        "Priya Nair changed the role of Tom Reed from Reviewer to Member",
    ),
    (
        own_people.role_changed(PRIYA, TOM, "Reviewer", "Owner", approved_by="Ana Ruiz"),
        "Priya Nair changed the role of Tom Reed from Reviewer to Owner, with the agreement of Ana Ruiz",
    ),
    (
        own_people.access_ended(PRIYA, TOM, reason="Left Northwind"),
        "Priya Nair ended the access of Tom Reed to the record: “Left Northwind”",
    ),
    (
        own_people.password_link(own_people.PASSWORD_LINK_MADE, PRIYA, TOM, until=JUNE_12),
        "Priya Nair made a link with which Tom Reed can choose a new password",
    ),
    (
        own_people.password_link(own_people.PASSWORD_LINK_USED, TOM, TOM),
        "Tom Reed chose a new password with a link that was made for them",
    ),
    (own_people.group_made(PRIYA, 2, "Finance"), "Priya Nair made the group Finance"),
    (
        own_people.group_renamed(PRIYA, 2, "Finance", "Finance team"),
        "Priya Nair renamed the group Finance to Finance team",
    ),
    (
        own_people.group_ended(PRIYA, 2, "Finance", "2025-06-30"),
        "Priya Nair recorded that nobody belongs to the group Finance after 2025-06-30",
    ),
    (
        own_people.membership(
            own_people.MEMBER_ADDED, PRIYA, 2, "Finance", "Maria Lopez", since="2025-03-01"
        ),
        "Priya Nair recorded that Maria Lopez belongs to the group Finance, since 2025-03-01",
    ),
    (
        own_people.membership(
            own_people.MEMBER_ENDED, PRIYA, 2, "Finance", "Maria Lopez", until="2025-06-30"
        ),
        "Priya Nair recorded that Maria Lopez does not belong to the group Finance after 2025-06-30",
    ),
    (
        own_people.membership(
            own_people.MEMBER_WITHDRAWN, PRIYA, 2, "Finance", "Maria Lopez", reason="Another Lopez"
        ),
        "Priya Nair took back that Maria Lopez belongs to the group Finance: “Another Lopez”",
    ),
    (
        own_coverage.rule_silent(RULES[:1], JUNE_11, expected_by=JUNE_12),
        "Nothing came under rule 3, “Record when someone changes an invoice.” by 2025-06-12 09:30 UTC, when it was"
        " expected; the last came at 2025-06-11 18:00 UTC",
    ),
    (
        own_coverage.rule_silent(RULES, None, expected_by=JUNE_12),
        "Nothing ever came under the rules 3, 7 and 12; it was expected by 2025-06-12 09:30 UTC",
    ),
    (
        own_coverage.rule_broken(RULES[:1], "Xero: number 5,512 never came", [{"code": "hole"}]),
        "What is promised by rule 3, “Record when someone changes an invoice.” is not kept: Xero: number 5,512 never"
        " came",
    ),
    (
        own_coverage.rule_kept_again(RULES[:1], "silent", JUNE_11, JUNE_12, 41),
        "Nothing came under rule 3, “Record when someone changes an invoice.” from 2025-06-11 18:00 UTC to"
        " 2025-06-12 09:30 UTC; now it comes again",
    ),
    (
        own_coverage.rule_kept_again(RULES[:2], "not expected", JUNE_11, JUNE_12),
        "Nothing is expected under the rules 3 and 7 any more; nothing came from 2025-06-11 18:00 UTC to 2025-06-12"
        " 09:30 UTC",
    ),
    (
        own_coverage.rule_kept_again(RULES[:2], "broken", JUNE_11, JUNE_12),
        "What is promised by the rules 3 and 7 is kept again; it was not from 2025-06-11 18:00 UTC to 2025-06-12"
        " 09:30 UTC",
    ),
]


@pytest.mark.parametrize(("event", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_an_act_of_indelible_is_lawful_and_reads(event: Event, sentence: str) -> None:
    assert check_event(event) == from_content(to_content(event))
    assert event["source"] == {"name": "Indelible", "system": "indelible"}
    assert tell(event).text == sentence


def test_every_act_with_a_sentence_of_its_own_is_told_here() -> None:
    told = {event["action"]["said"] for event, _ in SENTENCES}
    elsewhere = {
        *own_alarms.TELLERS,
        *own_books.TELLERS,
        *own_reviews.TELLERS,
        *own_reminders.TELLERS,
        *own_runbooks.TELLERS,
        *own_signoffs.TELLERS,
    }  # each in a file of its own: test_own_alarms.py
    assert set(TELLERS) - elsewhere <= told


def test_the_first_entry_holds_origin_and_key() -> None:
    event = own.record_started(PRIYA, "Northwind", "log-3f.indelible/main", "log-3f.indelible/main+ab+AQ")
    assert event["extra"] == {"origin": "log-3f.indelible/main", "public_key": "log-3f.indelible/main+ab+AQ"}


def test_a_receipt_counts_every_row_and_names_its_entries() -> None:
    event = imported(read=212, recorded=208, rejected=4)
    assert event["refers_to"] == {"entry": 42609, "through": 42816, "as": "run"}
    assert event["outcome"] == "partial"
    assert event["extra"]["counts"] == {
        "read": 212, "recorded": 208, "duplicates": 0, "conflicts": 0, "rejected": 4,
    }  # fmt: skip
    assert event["extra"]["file_digest"] == DIGEST


def test_the_same_acts_told_by_another_system_are_not_ours() -> None:
    event: dict[str, Any] = dict(own.record_checked(None, "matches", 5))
    event["source"] = {"system": "other"}
    assert tell(check_event(event)).text == "Indelible made an integrity check (“record_checked”)"


def test_there_are_three_verdicts_and_no_fourth() -> None:
    with pytest.raises(ValueError, match="three verdicts"):
        own.record_checked(None, "fine", 3)


def test_a_check_that_could_not_be_made_whole_is_partial_and_never_a_success() -> None:
    assert own.record_checked(None, "could not be checked", 3)["outcome"] == "partial"


def test_an_own_event_bent_by_hand_is_still_told() -> None:
    for event, _ in SENTENCES:
        bare: dict[str, Any] = {key: event[key] for key in ("action", "source")}  # type: ignore[literal-required]
        assert tell(check_event(bare)).text
