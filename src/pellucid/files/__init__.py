"""Floor 6: file formats, one file each, and the way every file is written."""
