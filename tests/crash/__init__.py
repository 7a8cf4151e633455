"""Is an acknowledged mail ever lost? What tries each row of THREATS R, below tests/.

R1   kills at named points         crash/test_kills.py, crash/test_ways.py,
                                   `make test-crash KILLS=200`
R2   kills at random under load    the same
R3   the database dies             quarantine/test_postgresql.py, quarantine/test_crash.py (SQLite)
R4   full disk, EIO on fsync       crash/test_faults.py; of a part alone: quarantine/test_crash.py,
                                   relay/test_maildir.py
     no descriptors                workers/test_overload.py
     locked                        quarantine/test_sqlite.py, workers/test_processes.py
     tables of a newer version     quarantine/test_store.py
R5   hung up after the dot         intake/test_bad_input.py
R6   a next hop that hangs, lies   intake/test_bad_input.py, relay/test_smtp.py
     or goes away, at each stage
R7   the scan dies or never ends   test_gate.py, child/test_pool.py, workers/test_watch.py
R8   SIGTERM under load            crash/test_kills.py, test_serve.py, workers/test_signals.py
R11  two release one mail          quarantine/test_store.py, quarantine/test_release.py
R12  a fault of ours, at each of   crash/test_kills.py
     the points of R1
R13  LMTP, reply by reply          relay/test_smtp.py, quarantine/test_release.py
R14  nothing grows                 `make soak N=200000`
R15  milter                        intake/test_milter_bad_input.py, intake/test_milter_protocol.py
R16  no milter, or one that hangs  end_to_end/test_as_milter_of_postfix.py, test_as_milter_of_sendmail.py
"""
