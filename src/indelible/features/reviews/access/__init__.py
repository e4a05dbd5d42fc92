"""Periodic reviews of who has access to a system, from the list of its accounts to the proof that rights are gone.

In the order of a review: `reading` reads the file, `columns` guesses what is what, `starting` begins and takes lists
in, `matching` says whose an account is, `assigning` gives lines to reviewers, `deciding` takes decisions and
signatures over shares, `removing` looks for proof of removals, `comparing` holds a second list against the first,
`closing` has the whole signed and witnessed. `queries` says how a review stands; `checks` tells runbooks.
"""
