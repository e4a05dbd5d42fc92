"""The kinds of checks, a module for each part of Indelible that they ask."""
