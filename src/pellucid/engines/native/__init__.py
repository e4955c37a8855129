"""The native engine: Plans run by C++ (native/), whole epochs without Python in between.

``PELLUCID_NATIVE`` chooses: "auto" (the default: native where the extension is installed),
"require" (an error where it is not), "off" (the reference engine).
"""

from pellucid.engines.native.engine import NativePlan, native

__all__ = ["NativePlan", "native"]
