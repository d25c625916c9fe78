#!/bin/sh
# Print the path of an interpreter that Trama supports; prefer the default version.
# PYENV_VERSION makes pyenv's shims answer and is ignored everywhere else.
for v in 3.13 3.12 3.14; do
  p=$(PYENV_VERSION=$(pyenv versions --bare 2>/dev/null | grep -m1 "^$v") "python$v" -c 'import sys; print(sys.executable)' 2>/dev/null)
  [ -n "$p" ] && { echo "$p"; exit 0; }
done
p=$(python3 -c 'import sys; print(sys.executable if sys.version_info[:2] >= (3, 12) else "")' 2>/dev/null)
[ -n "$p" ] && { echo "$p"; exit 0; }
exit 1
