"""Speed of indicia beside what its users would otherwise run: ``python -m benchmarks``. Not part of the package."""
