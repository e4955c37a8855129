// Roots, powers, exponentials and their kin, a vector at a time.
#include "loops/interpreter_loops.hpp"
#include "loops/vector_math.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

struct Sqrt {
    template <class T>
    static T of(T a) {
        if constexpr (sizeof(T) == 4)
            return __builtin_sqrtf(a);
        else
            return __builtin_sqrt(a);
    }
};
struct Square {
    template <class T>
    static T of(T a) {
        return a * a;
    }
};
struct Power {
    static double of(double a, double b) { return __builtin_pow(a, b); }
};

struct Exp {
    template <class T>
    static Vector<T> of(Vector<T> x) {
        return exp<T>(x);
    }
};
struct Expm1 {
    template <class T>
    static Vector<T> of(Vector<T> x) {
        return expm1<T>(x);
    }
};
struct Log {
    template <class T>
    static Vector<T> of(Vector<T> x) {
        return log<T>(x);
    }
};
struct Log1p {
    template <class T>
    static Vector<T> of(Vector<T> x) {
        return log1p<T>(x);
    }
};
struct Sin {
    template <class T>
    static Vector<T> of(Vector<T> x) {
        return sin<T>(x);
    }
};
struct Cos {
    template <class T>
    static Vector<T> of(Vector<T> x) {
        return cos<T>(x);
    }
};
struct Arctan {
    template <class T>
    static Vector<T> of(Vector<T> x) {
        return arctan<T>(x);
    }
};
struct Tanh {
    template <class T>
    static Vector<T> of(Vector<T> x) {
        return tanh<T>(x);
    }
};
struct Erf {
    template <class T>
    static Vector<T> of(Vector<T> x) {
        return erf<T>(x);
    }
};

template <class T>
PELLUCID_INLINE Vector<T> load(const T* from) {
    Vector<T> x;
    __builtin_memcpy(&x, from, sizeof x);
    return x;
}
// The first `count` lanes, one or more, of a vector; the others repeat the first.
template <class T>
PELLUCID_INLINE Vector<T> load_some(const T* from, std::int64_t count) {
    Vector<T> x = splat(from[0]);
    if (count == 1) return x;
    T lanes[Lanes<T>::count];
    __builtin_memcpy(lanes, &x, sizeof x);
    for (std::int64_t i = 1; i < count; ++i) lanes[i] = from[i];
    return load(lanes);
}
template <class T>
PELLUCID_INLINE void store_some(T* to, Vector<T> x, std::int64_t count) {
    if (count == 1) {
        to[0] = x[0];
        return;
    }
    T lanes[Lanes<T>::count];
    __builtin_memcpy(lanes, &x, sizeof x);
    for (std::int64_t i = 0; i < count; ++i) to[i] = lanes[i];
}

template <class F, class T>
void vector_unary(char* out, const char* a, const char*, const char*, std::int64_t count,
                  std::int64_t) {
    T* y = reinterpret_cast<T*>(out);
    const T* x = reinterpret_cast<const T*>(a);
    constexpr int lanes = Lanes<T>::count;
    for (; count >= lanes; count -= lanes, x += lanes, y += lanes) {
        const Vector<T> values = F::template of<T>(load(x));
        __builtin_memcpy(y, &values, sizeof values);
    }
    if (count > 0) store_some(y, F::template of<T>(load_some(x, count)), count);
}

// Whether every exponent is 2, which needs no logarithm.
template <class T>
bool squares(const T* exponents, std::int64_t count) {
    int others = 0;
    for (std::int64_t i = 0; i < count; ++i) others |= exponents[i] != T(2);
    return others == 0;
}

void float_power(char* out, const char* a, const char* b, const char* c, std::int64_t count,
                 std::int64_t) {
    float* y = reinterpret_cast<float*>(out);
    const float* x = reinterpret_cast<const float*>(a);
    const float* n = reinterpret_cast<const float*>(b);
    if (count == 1) {  // a lone number: a vector would be slower
        *y = __builtin_powf(*x, *n);
        return;
    }
    if (squares(n, count)) return unary<Square, float>(out, a, b, c, count, 0);
    constexpr int lanes = Lanes<float>::count;
    for (; count >= lanes; count -= lanes, x += lanes, n += lanes, y += lanes) {
        const Vector<float> values = power(load(x), load(n));
        __builtin_memcpy(y, &values, sizeof values);
    }
    if (count > 0) store_some(y, power(load_some(x, count), load_some(n, count)), count);
}

void double_power(char* out, const char* a, const char* b, const char* c, std::int64_t count,
                  std::int64_t extra) {
    const bool easy = squares(reinterpret_cast<const double*>(b), count);
    (easy ? unary<Square, double> : binary<Power, double>)(out, a, b, c, count, extra);
}

template <class T>
Kernel of_floats(Op op) {
    switch (op) {
        case Op::sqrt: return unary<Sqrt, T>;
        case Op::power: return sizeof(T) == 4 ? float_power : double_power;
        case Op::exp: return vector_unary<Exp, T>;
        case Op::expm1: return vector_unary<Expm1, T>;
        case Op::log: return vector_unary<Log, T>;
        case Op::log1p: return vector_unary<Log1p, T>;
        case Op::sin: return vector_unary<Sin, T>;
        case Op::cos: return vector_unary<Cos, T>;
        case Op::arctan: return vector_unary<Arctan, T>;
        case Op::tanh: return vector_unary<Tanh, T>;
        case Op::erf: return vector_unary<Erf, T>;
        default: return nullptr;
    }
}

}  // namespace

Kernel mathematics_kernel(Op op, DType dtype) {
    if (dtype == DType::f32) return of_floats<float>(op);
    return dtype == DType::f64 ? of_floats<double>(op) : nullptr;
}

}  // namespace pellucid::PELLUCID_ISA
