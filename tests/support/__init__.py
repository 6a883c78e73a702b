"""What tests share: servers to test, contracts, programs, and independent ways to compute what is expected."""
