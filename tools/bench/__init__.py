"""What checking costs: the benchmarks behind ``make bench``. Not packaged, and nothing imports it."""
