#include "engine/isa.hpp"

#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace pellucid {

namespace {

Isa best() {
#if defined(__x86_64__) || defined(_M_X64)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return Isa::avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::avx2;
#endif
    return Isa::plain;
}

Isa chosen() {
    const Isa most = best();
    const char* wanted = std::getenv("PELLUCID_ISA");
    if (wanted == nullptr) return most;
    for (Isa each : {Isa::plain, Isa::avx2, Isa::avx512})
        if (std::strcmp(wanted, name_of(each)) == 0 && each <= most) return each;
    return most;
}

}  // namespace

Isa isa() {
    static const Isa once = chosen();
    return once;
}

const char* name_of(Isa isa) {
    constexpr const char* names[] = {"plain", "avx2", "avx512"};
    return names[static_cast<int>(isa)];
}

}  // namespace pellucid
