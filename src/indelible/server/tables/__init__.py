"""The tables of a new installation, made in one go.

Carrying out every change that the tables ever saw takes seconds, most of them spent on imagining each state in
between. An empty SQLite database gets the last state at once instead: `new.sql` holds it, with the names of the
changes that it stands for. `make tables` writes the file anew from the changes themselves, and a test holds the two
against each other.
"""
