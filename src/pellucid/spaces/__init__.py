"""Floor 2: the readings of the atoms, one file each."""
