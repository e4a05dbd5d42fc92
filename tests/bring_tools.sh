#!/usr/bin/env bash
# Bring the programs that the tests drive for real: a browser, PostgreSQL, Go for the outside checker,
# openssl as a time-stamping authority, a key module in software, a mailbox, a sender of system log lines, curl.
# Where this machine may not install packages, say plainly which tests will be skipped for it.
set -u

missing=()
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
command -v pdftoppm >/dev/null 2>&1 || missing+=(poppler-utils)
command -v softhsm2-util >/dev/null 2>&1 || missing+=(softhsm2)
command -v openssl >/dev/null 2>&1 || missing+=(openssl)
command -v curl >/dev/null 2>&1 || missing+=(curl)
command -v doveconf >/dev/null 2>&1 || missing+=(dovecot-imapd)
{ command -v rsyslogd && ls /usr/lib/*/rsyslog/lmnsd_gtls.so; } >/dev/null 2>&1 || missing+=(rsyslog rsyslog-gnutls)
command -v go >/dev/null 2>&1 || missing+=(golang-go golang-golang-x-mod-dev)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Not installed here: ${missing[*]}."
    echo "Only root on a Debian machine can bring them. The tests that need them will be skipped and say so."
    exit 0
fi

echo "Installing for the tests: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/tmp/indelible-tools.log 2>&1; then
    tail -5 /tmp/indelible-tools.log
    echo "Could not install ${missing[*]}. The tests that need them will be skipped and say so."
fi
exit 0
