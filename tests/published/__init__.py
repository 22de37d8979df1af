"""Published results with their inputs, a module for each topic of the folder that INDICIA_SHARED names.

A module states ``TOPIC``, the folder's name, and ``CHECKS``: what reproduces each file, a function of its ``inputs``,
``expected`` and ``tolerance`` that raises where a figure is off. ``CANNOT`` gives the reason for each file that
nothing here reproduces. `tests/test_references.py` calls them all, and fails where a file is in neither.
"""
