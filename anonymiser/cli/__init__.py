"""What the pages do, without a browser: one file a command, all on the functions that the pages use.

Exit codes: 0 done; 1 a requirement or the recipient's policy is not met; 2 bad input or a refused
package; 3 a fault of Halftone. A refusal is one line on the error output and never holds a value of
the data.
"""
