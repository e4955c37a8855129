// Where windows stand that slide over a space: what windows, overlap_add and convolutions share.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/program.hpp"

namespace pellucid {

// Of one axis of space: how long it is, and where the windows are.
struct Slide {
    std::int64_t length = 1, size = 1, stride = 1, dilation = 1, places = 1;
};

// A space of fewer than three axes has further ones of length 1 before them.
struct Geometry {
    std::int64_t batch = 0, channels = 0;
    std::array<Slide, 3> axes;

    // `words`: the rank of the space (1 to 3), then size, strides and dilation, each with as many
    // numbers as the rank; the places begin the axes of `seen` after its first.
    Geometry(Words& words, const Shape& space, const Shape& seen) {
        const std::int64_t rank = words.next();
        if (rank < 1 || rank > 3 || space.size() != static_cast<std::size_t>(rank + 2) ||
            seen.size() <= static_cast<std::size_t>(rank))
            throw PlanError("windows slide over one to three axes");
        const std::size_t skip = 3 - static_cast<std::size_t>(rank);
        for (auto part : {&Slide::size, &Slide::stride, &Slide::dilation})
            for (std::size_t i = skip; i < 3; ++i) axes[i].*part = words.next();
        for (std::size_t i = skip; i < 3; ++i) {
            Slide& axis = axes[i];
            axis.length = space[1 + i - skip];
            axis.places = seen[1 + i - skip];
            if (axis.size < 1 || axis.stride < 1 || axis.dilation < 1 || !reaches(axis))
                throw PlanError("a window reaches out of its space");
        }
        batch = space.front();
        channels = space.back();
        Shape all{batch, channels};
        for (const Slide& axis : axes) all.insert(all.end(), {axis.places, axis.size});
        count_of(all);  // neither negative nor beyond all memory
    }

    // Whether the last window ends within the axis.
    static bool reaches(const Slide& axis) {
        std::int64_t last, size;
        return axis.places == 0 || (!__builtin_mul_overflow(axis.places - 1, axis.stride, &last) &&
                                    !__builtin_mul_overflow(axis.size - 1, axis.dilation, &size) &&
                                    last < axis.length && size < axis.length - last);
    }

    std::int64_t lines() const { return axes[0].places * axes[1].places; }
    std::int64_t places() const { return lines() * axes[2].places; }
    std::int64_t cells() const { return axes[0].length * axes[1].length * axes[2].length; }
    std::int64_t window() const { return axes[0].size * axes[1].size * axes[2].size * channels; }
    // Numbers from one line of cells to the next, and from one plane to the next.
    std::int64_t line() const { return axes[2].length * channels; }
    std::int64_t plane() const { return axes[1].length * line(); }

    std::string text() const {
        std::string sizes;
        for (const Slide& axis : axes) sizes += std::to_string(axis.size) + "×";
        return sizes + std::to_string(channels) + " over " + std::to_string(cells()) + " cells";
    }
};

// Which windows see a cell of an axis: the part of their numbers' places that the axis gives, in
// the order of the places within the window. Adding in this order has the reference's bits.
struct Seen {
    std::vector<std::int64_t> begin, from;  // cell i is seen at from[begin[i]] ... from[begin[i+1]]

    Seen(const Slide& axis, std::int64_t place_step, std::int64_t size_step) : begin{0} {
        for (std::int64_t cell = 0; cell < axis.length; ++cell) {
            for (std::int64_t k = 0; k < axis.size; ++k) {
                const std::int64_t start = cell - k * axis.dilation, place = start / axis.stride;
                if (start >= 0 && start % axis.stride == 0 && place < axis.places)
                    from.push_back(place * place_step + k * size_step);
            }
            begin.push_back(static_cast<std::int64_t>(from.size()));
        }
    }
    const std::int64_t* first(std::int64_t cell) const {
        return from.data() + begin[static_cast<std::size_t>(cell)];
    }
    const std::int64_t* last(std::int64_t cell) const { return first(cell + 1); }
};

}  // namespace pellucid
