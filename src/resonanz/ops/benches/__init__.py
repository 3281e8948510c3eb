"""What `resonanz bench NAME` measures, and the processes, worlds and people that it measures with."""
