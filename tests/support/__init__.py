"""What tests share: servers, contracts, paths and oracles."""
