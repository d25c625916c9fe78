"""Packages: content made elsewhere (SCORM 1.2 and 2004, H5P, cmi5, Common Cartridge), and what learners do in it.

An author sends an archive; it is read in a process apart (``archive``, ``manifests``) and kept as it came. A learner
runs it on an origin of its own (``origin``), where no session of the site exists: a bridge page there offers a package
the interface it expects and passes what it says to the learner's page, which posts it here (``services.keep_commit``).
An *item* is one piece of a package that runs by itself (in SCORM: a SCO); an *attempt* is a learner's way through a
package; a *launch* is one opening of it; a *commit* is one saving of an item's state.
The items of cmi5, its *units*, speak to the store of statements instead, by the rules of ``learn.cmi5`` (``units``).
"""
