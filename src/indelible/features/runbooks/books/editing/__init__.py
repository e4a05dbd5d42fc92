"""The forms in which a document is changed, part by part: each is filled from a part and gives a part back.

What a form does not show stays as it was, and what nobody touched comes back to the byte, so that to open a page and
save it changes nothing.

* `fields`: kinds of form fields that know how a part's value is shown and read.
* `parts`: a form for one part, and rows of them.
* `head`: who, when, by when; `step`: one step with all that it asks; `moving`: steps added, moved, copied, removed.
"""
