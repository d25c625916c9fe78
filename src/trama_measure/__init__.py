"""Numbers only: how the project measures, apart from the site that shows it.

Everything here takes numbers and gives numbers back. There is no web framework, no storage and no clock behind it, and
files only in modules made to read or to save, so the same functions serve a page, a command and a notebook, and can be
checked against the published figures one by one.

* ``indicators``: official indicators recomputed from their parts; the position of a network in a distribution
  without a ranking; similar networks by an explained distance; conditions that know "unknown"; change over time.
* ``diagnosis``: self-diagnosis of networks: levels and how far respondents are apart, profiles, rounds, many networks
  in bands; priorities by a rule that says what would change it.
* ``disclosure``: protection of small groups of people in published tables, and the audit that tries to undo it.
* ``impact``: what a programme changed in those who took part, how sure one can be, and what cannot be concluded.
* ``equity``: how far apart groups are over their whole distributions, where inequality lies, with errors.
* ``responses``: answers of students as bytes and bits, keys in versions, booklet designs and their assembly, sums by
  school; files larger than memory.
* ``classical``: facility, discrimination, distractors, reliability, and flags with their reasons.
* ``irt``: item response: calibration in one process, over files or elsewhere; scores, plausible values, fit, DIF.
* ``linking``: calibrations on one scale, anchors that drifted, linking error, levels with their sources.
* ``estimates``: means and shares with errors of sample, measurement and scale.
* ``fluency``: oral reading: rates, profiles, classes.
* ``arrays``: the names of the array types used in signatures.

The prose, with worked numbers, is in ``docs/methods``. Two things hold everywhere: missing is NaN or None, never
zero; and text for people lives elsewhere, here there are only codes, but for the labels of the pictures in
``irt.plots``, in both languages (decision 0149).
"""
