"""Fixed hashes of strings, so that an unknown word always falls into the same bucket.

They are the ones Keras uses, which makes buckets agree with files from there: FarmHash's 64-bit
fingerprint, and SipHash-2-4 where a salt is given. Numbers are 64-bit and wrap around.

Sources: G. Pike, "FarmHash" (2014); J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast
short-input PRF" (2012).
"""

from __future__ import annotations

BITS = (1 << 64) - 1
K0, K1, K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def farm_fingerprint(data: bytes) -> int:
    """FarmHash's 64-bit fingerprint.

    >>> farm_fingerprint(b"") == K2
    True
    """
    n = len(data)
    if n <= 16:
        return _up_to_16(data, n)
    if n <= 32:
        return _up_to_32(data, n)
    return _up_to_64(data, n) if n <= 64 else _longer(data, n)


def _word(data: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(data[at:at + size], "little")


def _turn(x: int, by: int) -> int:
    """Rotate 64 bits to the right."""
    x &= BITS
    return (x >> by | x << (64 - by)) & BITS


def _fold(x: int) -> int:
    x &= BITS
    return x ^ x >> 47


def _mix(u: int, v: int, factor: int) -> int:
    """Two numbers to one."""
    a = _fold((u ^ v) * factor)
    b = _fold((v ^ a) * factor)
    return b * factor & BITS


def _up_to_16(data: bytes, n: int) -> int:
    factor = K2 + 2 * n
    if n >= 8:
        a, b = _word(data, 0) + K2 & BITS, _word(data, n - 8)
        c = _turn(b, 37) * factor + a & BITS
        return _mix(c, (_turn(a, 25) + b) * factor & BITS, factor)
    if n >= 4:
        return _mix(n + (_word(data, 0, 4) << 3), _word(data, n - 4, 4), factor)
    if n > 0:
        y = data[0] + (data[n >> 1] << 8)
        z = n + (data[n - 1] << 2)
        return _fold(y * K2 & BITS ^ z * K0 & BITS) * K2 & BITS
    return K2


def _up_to_32(data: bytes, n: int) -> int:
    factor = K2 + 2 * n
    a, b = _word(data, 0) * K1 & BITS, _word(data, 8)
    c, d = _word(data, n - 8) * factor & BITS, _word(data, n - 16) * K2 & BITS
    return _mix(_turn(a + b, 43) + _turn(c, 30) + d & BITS,
                a + _turn(b + K2, 18) + c & BITS, factor)


def _up_to_64(data: bytes, n: int) -> int:
    factor = K2 + 2 * n
    a, b = _word(data, 0) * K2 & BITS, _word(data, 8)
    c, d = _word(data, n - 8) * factor & BITS, _word(data, n - 16) * K2 & BITS
    y = _turn(a + b, 43) + _turn(c, 30) + d & BITS
    z = _mix(y, a + _turn(b + K2, 18) + c & BITS, factor)
    e, f = _word(data, 16) * factor & BITS, _word(data, 24)
    g, h = (y + _word(data, n - 32)) * factor & BITS, (z + _word(data, n - 24)) * factor & BITS
    return _mix(_turn(e + f, 43) + _turn(g, 30) + h & BITS,
                e + _turn(f + a, 18) + g & BITS, factor)


def _absorb(data: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    """32 bytes into two numbers."""
    w, x, y, z = (_word(data, at + 8 * i) for i in range(4))
    a = a + w & BITS
    b = _turn(b + a + z, 21)
    total = a + x + y & BITS
    return total + z & BITS, b + _turn(total, 44) + a & BITS


def _longer(data: bytes, n: int) -> int:
    x, y = 81, 81 * K1 + 113 & BITS
    z = _fold(y * K2 + 113) * K2 & BITS
    v, w = (0, 0), (0, 0)
    x = x * K2 + _word(data, 0) & BITS
    for at in range(0, (n - 1) // 64 * 64, 64):
        x, y, z, v, w = _round(data, at, x, y, z, v, w, K1, 1)
    factor = K1 + ((z & 0xFF) << 1)
    first = w[0] + (n - 1 & 63)
    v0 = v[0] + first
    v, w = (v0 & BITS, v[1]), (first + v0 & BITS, w[1])
    x, y, z, v, w = _round(data, n - 64, x, y, z, v, w, factor, 9)
    return _mix(_mix(v[0], w[0], factor) + _fold(y) * K0 + z & BITS,
                _mix(v[1], w[1], factor) + x & BITS, factor)


def _round(data: bytes, at: int, x: int, y: int, z: int, v: tuple[int, int], w: tuple[int, int],
           factor: int, weight: int) -> tuple[int, int, int, tuple[int, int], tuple[int, int]]:
    """64 bytes into the seven numbers of the state; x and z change places."""
    x = _turn(x + y + v[0] + _word(data, at + 8), 37) * factor & BITS
    y = _turn(y + v[1] + _word(data, at + 48), 42) * factor & BITS
    x ^= w[1] * weight & BITS
    y = y + v[0] * weight + _word(data, at + 40) & BITS
    z = _turn(z + w[0], 33) * factor & BITS
    v = _absorb(data, at, v[1] * factor & BITS, x + w[0] & BITS)
    w = _absorb(data, at + 32, z + w[1] & BITS, y + _word(data, at + 16) & BITS)
    return z, y, x, v, w


def sip_hash(data: bytes, key: tuple[int, int]) -> int:
    """SipHash-2-4 with a key of two 64-bit numbers."""
    k0, k1 = (each & BITS for each in key)
    state = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D,
             k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    whole = len(data) // 8 * 8
    last = _word(data, whole) | (len(data) & 0xFF) << 56
    for word in [*(_word(data, at) for at in range(0, whole, 8)), last]:
        state[3] ^= word
        _sip_rounds(state, 2)
        state[0] ^= word
    state[2] ^= 0xFF
    _sip_rounds(state, 4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _sip_rounds(state: list[int], count: int) -> None:
    a, b, c, d = state
    for _ in range(count):
        a, c = a + b & BITS, c + d & BITS
        b, d = _turn(b, 51) ^ a, _turn(d, 48) ^ c
        a = _turn(a, 32)
        c, a = c + b & BITS, a + d & BITS
        b, d = _turn(b, 47) ^ c, _turn(d, 43) ^ a
        c = _turn(c, 32)
    state[:] = a, b, c, d


def joined(first: int, second: int) -> int:
    """The fingerprint of a pair, from the fingerprints of its two parts.

    Source: TensorFlow's ``FingerprintCat64``, after A. Appleby's MurmurHash (2008).
    """
    factor = 0xC6A4A7935BD1E995
    both = (first ^ factor ^ _fold(second * factor) * factor & BITS) * factor & BITS
    return _fold(_fold(both) * factor)
