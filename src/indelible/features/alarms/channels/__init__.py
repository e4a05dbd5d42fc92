"""The ways out of the house: mail, a web address, a chat. Nothing here reads or writes tables."""
