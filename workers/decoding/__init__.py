"""Reading hostile files: a process of its own, without keys, database or network code, that is told to make a copy.

`python -m workers.decoding` is that process; workers/attachments/sandbox.py starts it, feeds it and doubts its answer.
Nothing here imports more of the house than the two parsers of sounds.
"""
