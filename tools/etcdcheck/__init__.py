"""etcd's Raft, driven through seeded faults, its traces checked against our specification: see README.md here."""
