"""Python for the operators of modules that have a TLA+ text in ``tlatrace/modules``: one table ``OPERATORS`` a file.

:mod:`tlatrace.stdlib.shipped` says which file belongs to which module, and imports it when a specification needs it.
The text is the meaning; the functions here give the same values sooner, and are tested against it.
"""
