"""The pages about what is recorded: the list, saying a rule, checking it, ready rules, one rule, own things."""
