"""Guidelines: who may say what, where, to whom. Written in versions, compiled to rules, asked about every draft.

Owns Guideline, Acknowledgement, ReaderLink and Reading. May use listening and below. Plain Python without Django are
the document (`document`, `fields`, `editing`, `comparing`, `merging`), what is asked (`compiling`, `ruling`,
`contradictions`, `simulator`), the `checks`, and the starters.
"""
