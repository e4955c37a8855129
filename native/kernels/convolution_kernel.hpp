// What the kernels of convolutions share: their geometry, and what a run costs.
#pragma once

#include <algorithm>

#include "engine/kernel.hpp"
#include "engine/reach.hpp"
#include "kernels/structure.hpp"
#include "kernels/windows.hpp"

namespace pellucid {

// Of words that begin with a list of the batch and the places.
inline Geometry geometry(Words& words, const Shape& images) {
    const Shape seen = words.list();
    const Geometry found(words, images, seen);
    if (found.window() == 0) throw PlanError("a convolution needs channels");
    return found;
}

// What the three kernels share: the geometry, and what a run costs.
class Convolution : public Kernel {
  public:
    Convolution(const Geometry& space, const Instruction& instruction, const Program& program,
                std::int64_t filters)
        : space_(space),
          dtype_(program.buffer(instruction.outputs.at(0)).dtype),
          filters_(filters) {
        if (!is_float(dtype_)) throw PlanError("convolutions are of float32 or float64");
        for (std::int32_t each : instruction.inputs)
            check_dtype(program.buffer(each), dtype_, "a convolution");
        count_of({space.batch, filters, space.places(), space.window()});  // none beyond memory
    }
    void run(Frame& frame) const override {
        if (dtype_ == DType::f32)
            floats(frame);
        else
            doubles(frame);
    }
    double flops() const override {
        return 2.0 * static_cast<double>(space_.batch * filters_) *
               static_cast<double>(space_.places() * space_.window());
    }
    double bytes() const override {
        const std::int64_t image = space_.cells() * space_.channels + space_.places() * filters_;
        return static_cast<double>((space_.batch * image + filters_ * space_.window()) *
                                   size_of(dtype_));
    }

  protected:
    virtual void floats(Frame& frame) const = 0;
    virtual void doubles(Frame& frame) const = 0;
    std::string text() const { return std::to_string(filters_) + " filters of " + space_.text(); }
    std::int64_t image() const { return space_.cells() * space_.channels; }

    // Units of equal work in pieces that are worth a thread's while: 0.5 million operations.
    Pieces pieces(std::int64_t units) const {
        constexpr double flops_per_byte = 8;
        return Pieces(units, flops() / static_cast<double>(std::max<std::int64_t>(1, units)) /
                                 flops_per_byte);
    }

    Geometry space_;
    DType dtype_;
    std::int64_t filters_;
};

inline std::int64_t numbers_of(const Program& program, std::int32_t buffer) {
    return program.buffer(buffer).count;
}

}  // namespace pellucid
