// The door to Python: load a program, run it, run sessions. No mathematics, no decisions.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <mutex>
#include <optional>
#include <utility>

#include "engine/host.hpp"
#include "engine/isa.hpp"
#include "engine/session.hpp"

namespace nb = nanobind;
using namespace pellucid;

using Address = std::uintptr_t;  // of an array that Python keeps alive during the call

namespace {

// Ctrl-C while a host function runs would leave a step half done: it is told when the run is over.
thread_local bool interrupted = false;

// What runs meanwhile runs without the GIL.
class WithoutGil {
  public:
    ~WithoutGil() {
        free_.reset();
        if (std::exchange(interrupted, false)) PyErr_SetInterrupt();
    }

  private:
    std::optional<nb::gil_scoped_release> free_{std::in_place};
};

// The engine's arrays as NumPy sees them: lent, not copied.
nb::list lent(const std::vector<HostArray>& arrays) {
    nb::list views;
    for (const HostArray& each : arrays) {
        const std::vector<std::size_t> shape(each.shape->begin(), each.shape->end());
        const auto dtype =
            with_type(each.dtype, [](auto zero) { return nb::dtype<decltype(zero)>(); });
        views.append(nb::cast(
            nb::ndarray<nb::numpy>(each.data, shape.size(), shape.data(), {}, nullptr, dtype),
            nb::rv_policy::reference));
    }
    return views;
}

// A host function is pure, so one that was interrupted is simply asked again.
void answer(const std::string& call, const std::vector<HostArray>& inputs,
            const std::vector<HostArray>& outputs) {
    const nb::gil_scoped_acquire held;
    while (true) {
        try {
            nb::module_::import_("pellucid.engines.native.host")
                .attr("answer")(call, lent(inputs), lent(outputs));
            return;
        } catch (const nb::python_error& error) {
            if (!error.matches(PyExc_KeyboardInterrupt)) throw;
            interrupted = true;
        }
    }
}

std::vector<std::int64_t> copied(const nb::bytes& words) {
    std::vector<std::int64_t> all(words.size() / sizeof(std::int64_t));
    std::memcpy(all.data(), words.c_str(), all.size() * sizeof(std::int64_t));
    return all;
}

// A Program and the Frames of runs that are over, for the next runs to use.
class Loaded {
  public:
    Loaded(const nb::bytes& words, const nb::bytes& constants)
        : program(std::make_shared<Program>(
              copied(words),
              std::vector<char>(constants.c_str(), constants.c_str() + constants.size()))) {}

    // Reads inputs (state is changed in place), writes outputs.
    void run(const std::vector<Address>& inputs, const std::vector<Address>& outputs) {
        if (inputs.size() != program->inputs.size() || outputs.size() != program->outputs.size())
            throw PlanError("a program was given the wrong number of arrays");
        const WithoutGil free;
        std::unique_ptr<Frame> frame = take();
        for (std::size_t i = 0; i < inputs.size(); ++i)
            frame->bind(i, reinterpret_cast<const void*>(inputs[i]));
        pellucid::run(*program, *frame);
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            const std::int32_t slot = program->outputs[i];
            std::memcpy(reinterpret_cast<void*>(outputs[i]), frame->at(slot),
                        static_cast<std::size_t>(program->buffer(slot).bytes()));
        }
        give_back(std::move(frame));
    }

    // Per kernel: name, scope, floating-point operations and bytes of one run.
    std::vector<std::tuple<std::string, std::string, double, double>> kernels() const {
        std::vector<std::tuple<std::string, std::string, double, double>> all;
        for (std::size_t i = 0; i < program->kernels.size(); ++i) {
            const Kernel& kernel = *program->kernels[i];
            all.emplace_back(kernel.name(), program->instructions[i].scope, kernel.flops(),
                             kernel.bytes());
        }
        return all;
    }

    std::shared_ptr<Program> program;

    std::unique_ptr<Frame> take() {
        {
            const std::lock_guard lock(mutex_);
            if (!frames_.empty()) {
                std::unique_ptr<Frame> frame = std::move(frames_.back());
                frames_.pop_back();
                return frame;
            }
        }
        return std::make_unique<Frame>(*program);
    }

    void give_back(std::unique_ptr<Frame> frame) {
        const std::lock_guard lock(mutex_);
        frames_.push_back(std::move(frame));
    }

  private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Frame>> frames_;
};

// One array in, one array out, the variables where they were: what a prediction for a row costs.
class Forward {
  public:
    Forward(std::shared_ptr<Loaded> loaded, const std::vector<Address>& variables)
        : loaded_(std::move(loaded)), variables_(variables) {
        const Program& program = *loaded_->program;
        if (program.inputs.size() != variables.size() + 1 || program.outputs.size() != 1)
            throw PlanError("a forward program has one input and one output");
    }

    void operator()(Address x, Address y) {
        const WithoutGil free;
        std::unique_ptr<Frame> frame = loaded_->take();
        frame->bind(0, reinterpret_cast<const void*>(x));
        for (std::size_t i = 0; i < variables_.size(); ++i)
            frame->bind(i + 1, reinterpret_cast<const void*>(variables_[i]));
        pellucid::run(*loaded_->program, *frame);
        const std::int32_t slot = loaded_->program->outputs[0];
        std::memcpy(reinterpret_cast<void*>(y), frame->at(slot),
                    static_cast<std::size_t>(loaded_->program->buffer(slot).bytes()));
        loaded_->give_back(std::move(frame));
    }

  private:
    std::shared_ptr<Loaded> loaded_;
    std::vector<Address> variables_;
};

using StepParts =
    std::tuple<std::shared_ptr<Loaded>, std::vector<std::pair<bool, std::int64_t>>, std::int64_t>;

std::unique_ptr<Session> make_session(
    const std::vector<StepParts>& parts, const std::vector<std::pair<Address, std::int64_t>>& data,
    std::int64_t rows, const std::vector<std::pair<std::int64_t, nb::bytes>>& first) {
    std::vector<Step> steps;
    for (const auto& [loaded, feeds, size] : parts) {
        Step& step = steps.emplace_back();
        step.program = loaded->program;
        for (const auto& [batch, index] : feeds) step.feeds.push_back({batch, index});
        step.rows = size;
        // Large memory that is new costs milliseconds: the next `fit` has that of the last.
        step.frame = {loaded->take().release(), [owner = loaded](Frame* frame) {
                          owner->give_back(std::unique_ptr<Frame>(frame));
                      }};
    }
    std::vector<Rows> all;
    for (const auto& [address, bytes] : data)
        all.push_back({reinterpret_cast<const char*>(address), bytes});
    std::vector<Reset> resets;
    for (const auto& [variable, bytes] : first)
        resets.push_back({variable, {bytes.c_str(), bytes.c_str() + bytes.size()}});
    return std::make_unique<Session>(std::move(steps), std::move(all), rows, std::move(resets));
}

nb::bytes as_bytes(const std::vector<double>& logs) {
    return nb::bytes(reinterpret_cast<const char*>(logs.data()), logs.size() * sizeof(double));
}

nb::bytes run_session(Session& session, std::int64_t last, double seconds, int stop) {
    std::vector<double> logs;
    {
        const WithoutGil free;
        session.run(last, seconds, static_cast<Session::Stop>(stop), logs);
    }
    return as_bytes(logs);
}

}  // namespace

// By this name others (threadpoolctl) tell this library from one that is called alike.
extern "C" __attribute__((visibility("default"))) int pellucid_native_engine() { return 1; }

NB_MODULE(_native, m) {
    m.doc() = "Pellucid's native engine: runs programs that engines/native makes of Plans.";
    nb::exception<PlanError>(m, "PlanError");
    set_host(&answer);
    m.def("isa", [] { return name_of(isa()); });
    m.def("kernel_names", &kernel_names);
    m.def("thread_limit", &thread_limit);
    m.def("set_thread_limit", &set_thread_limit);
    nb::class_<Loaded>(m, "Program")
        .def(nb::init<const nb::bytes&, const nb::bytes&>())
        .def("run", &Loaded::run)
        .def("kernels", &Loaded::kernels)
        .def_prop_ro("arena_bytes", [](const Loaded& p) { return p.program->arena_bytes; });
    nb::class_<Forward>(m, "Forward")
        .def(nb::init<std::shared_ptr<Loaded>, const std::vector<Address>&>())
        .def("__call__", [](Forward& forward, const nb::ndarray<nb::ro, nb::c_contig>& x,
                            const nb::ndarray<nb::c_contig>& y) {
            forward(reinterpret_cast<Address>(x.data()), reinterpret_cast<Address>(y.data()));
        });
    nb::class_<Session>(m, "Session")
        .def_static("make", &make_session)
        .def("shuffle", &Session::shuffle)
        .def("set_order",
             [](Session& s, Address order) {
                 s.set_order(reinterpret_cast<const std::int32_t*>(order));
             })
        .def("bind",
             [](Session& s, const std::vector<Address>& variables) {
                 std::vector<char*> all;
                 for (Address each : variables) all.push_back(reinterpret_cast<char*>(each));
                 s.bind(all);
             })
        .def("run", &run_session)
        .def("current_logs",
             [](const Session& s) {
                 std::vector<double> logs;
                 s.current_logs(logs);
                 return as_bytes(logs);
             })
        .def_rw("epoch", &Session::epoch)
        .def_rw("batch", &Session::batch)
        .def_prop_ro("batches", &Session::batches)
        .def_prop_ro("rows_per_step", &Session::rows_per_step)
        .def_rw("profiling", &Session::profiling)
        .def_ro("times_ns", &Session::times_ns)
        .def_ro("shortest_ns", &Session::shortest_ns)
        .def_ro("profiled_steps", &Session::profiled_steps);
}
