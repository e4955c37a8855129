"""What the tests of data share."""

import pytest


@pytest.fixture
def write(tmp_path):
    """Write text or bytes to a file and give its path."""
    def file(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path
    return file
