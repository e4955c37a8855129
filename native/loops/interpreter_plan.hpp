// A body made ready: which functions run on which memory.
#pragma once

#include <cstdint>
#include <vector>

#include "loops/interpreter.hpp"

namespace pellucid {

// Its parts stand within it: Step and Place are names of other things in this namespace, and two
// things of one name would be one thing to the linker.
struct InterpreterPlan {
    // How a node meets an operand's memory; `offset` is its place in scratch.
    struct Access {
        std::int32_t node, operand;
        std::int64_t size, column_step, offset;
    };
    struct Load : Access {
        Gather gather;
    };
    struct Store : Access {
        Scatter scatter;
        Fold fold;       // of a reduction over columns
        Kernel combine;  // of one over rows
        bool in_place;   // the node may be computed where it belongs
    };
    struct Step {
        Kernel kernel;
        std::int32_t node, a, b, c;
        std::int64_t extra;
    };

    // The source is read after the target may be written: if they are the same memory, the source
    // is copied first.
    struct Conflict {
        std::int32_t source, target;
    };

    // A number of the body, written out over a whole piece, or a place in scratch.
    struct Place {
        char* number;
        std::int64_t offset;
    };

    std::vector<Load> loads;
    std::vector<Step> steps;
    std::vector<Store> stores;
    std::vector<Conflict> conflicts;
    std::vector<Place> places;                 // of each node
    std::vector<std::vector<double>> numbers;  // what Place::number points to
    std::int64_t source_count, piece_length;
    std::int64_t copied_begin, values_begin, scratch_bytes;
    bool copies;  // one load, one store, nothing between
};

// PlanError where an op has no meaning for its dtype or an argument comes too late.
InterpreterPlan make_interpreter_plan(const Body& body);

}  // namespace pellucid
