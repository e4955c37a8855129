#include "engine/reach.hpp"

#include <algorithm>

namespace pellucid {

namespace {

[[noreturn]] void refuse(const char* who, const char* why) {
    throw PlanError(std::string(who) + " " + why);
}

bool moderate(std::int64_t number) { return number > -MOST_NUMBERS && number < MOST_NUMBERS; }

}  // namespace

void check_reach(const Buffer& buffer, const Reach& reach, const char* who) {
    if (reach.steps.size() != reach.lengths.size()) refuse(who, "has the wrong number of steps");
    count_of(reach.lengths);  // neither negative nor beyond all memory
    const auto small = [](std::int64_t each) { return moderate(each); };
    if (!small(reach.offset) || !std::all_of(reach.steps.begin(), reach.steps.end(), small))
        refuse(who, "has an impossible step");
    std::int64_t first = reach.offset, last = reach.offset;
    for (std::size_t i = 0; i < reach.lengths.size(); ++i) {
        if (reach.lengths[i] == 0) return;  // touches nothing
        std::int64_t way, &end = reach.steps[i] < 0 ? first : last;
        if (__builtin_mul_overflow(reach.lengths[i] - 1, reach.steps[i], &way) ||
            __builtin_add_overflow(end, way, &end))
            refuse(who, "reaches out of a buffer");
    }
    if (first < 0 || last >= buffer.count) refuse(who, "reaches out of a buffer");
}

void check_reduced(const Buffer& buffer, const Reach& reach, const char* who) {
    std::int64_t count = 1;
    for (std::size_t i = reach.lengths.size(); i-- > 0;) {
        if (reach.steps[i] == 0) continue;
        if (reach.lengths[i] > 1 && reach.steps[i] != count)
            refuse(who, "reduces into memory with gaps");
        count *= reach.lengths[i];
    }
    if (reach.offset != 0 || count != buffer.count) refuse(who, "reduces into a part of a buffer");
}

void check_dtype(const Buffer& buffer, DType dtype, const char* who) {
    if (buffer.dtype != dtype) refuse(who, "takes a buffer for one of another dtype");
}

}  // namespace pellucid
