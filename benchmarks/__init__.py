"""What Moveroom costs, measured: `make bench`. Figures and their conditions stand in docs/performance.md."""
