"""Stand-in servers that answer as the real ones were recorded to answer.

They serve two purposes: trying the product without any server, and testing clients over real HTTP,
with faults on demand. Everything that a server stores is on disk and survives a killed process.
"""
