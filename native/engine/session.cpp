#include "engine/session.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>

#include "engine/tiny.hpp"
#include "kernels/random.hpp"

namespace pellucid {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t WORTH_A_THREAD = 1 << 16;  // bytes of a batch

template <std::size_t bytes>
void copy_rows(const char* data, const std::int32_t* order, std::int64_t from, std::int64_t end,
               char* to) {
    constexpr auto step = static_cast<std::int64_t>(bytes);
    for (std::int64_t r = from; r < end; ++r)
        std::memcpy(to + r * step, data + std::int64_t{order[r]} * step, bytes);
}

// Rows in random order are far from each other: ask for the next one while this one is copied.
void fetch(const char* row, std::int64_t bytes) {
    for (std::int64_t at = 0; at < std::min<std::int64_t>(bytes, 8192); at += 64)
        __builtin_prefetch(row + at);
}

double as_double(const char* at, DType dtype, std::int64_t i) {
    return with_type(dtype, [&](auto zero) {
        return static_cast<double>(reinterpret_cast<const decltype(zero)*>(at)[i]);
    });
}

}  // namespace

Session::Session(std::vector<Step> steps, std::vector<Rows> data, std::int64_t rows,
                 std::vector<Reset> resets)
    : data_(std::move(data)), rows_(rows), resets_(std::move(resets)) {
    if (steps.empty() || steps[0].rows <= 0) throw PlanError("a session needs a step");
    for (Step& step : steps) {
        Running& running = steps_.emplace_back();
        running.step = std::move(step);
        running.frame = running.step.frame;
        if (running.frame == nullptr)
            running.frame = std::make_shared<Frame>(*running.step.program);
        if (running.step.feeds.size() != running.step.program->inputs.size())
            throw PlanError("a session must feed every input of its steps");
        for (std::size_t i = 0; i < running.step.feeds.size(); ++i) {
            const std::int64_t bytes = batch_bytes(running.step, i);
            const bool in_place = read_where_they_are(running, i);
            running.add(i, in_place ? 0 : bytes);
            // One more: a product looks at the next row before it knows that it is through.
            running.tables.emplace_back(in_place ? running.step.rows + 1 : 0);
        }
    }
    const std::int64_t size = steps_[0].step.rows;
    batches_ = (rows_ + size - 1) / size;
    if (rows_ % size != 0 && rows_ > size &&
        (steps_.size() < 2 || steps_[1].step.rows != rows_ % size))
        throw PlanError("a session needs a step for the rows that are left over");
    if (rows_ < size) throw PlanError("a session has fewer rows than a step");
}

// Whether every kernel that reads a batch can take its rows from the data: then nothing is copied.
bool Session::read_where_they_are(const Running& running, std::size_t i) const {
    const Feed& feed = running.step.feeds[i];
    const Program& program = *running.step.program;
    const Buffer& input = program.buffer(program.inputs[i]);
    if (!feed.batch || input.shape.size() != 2 || running.step.rows < 2) return false;
    const auto twin = [&](const Feed& other) {
        return &other != &feed && other.batch && other.index == feed.index;
    };
    if (std::any_of(running.step.feeds.begin(), running.step.feeds.end(), twin)) return false;
    for (const auto& [buffer, offset] : program.views[i]) {
        if (offset != 0 || std::count(program.outputs.begin(), program.outputs.end(), buffer) > 0)
            return false;
        for (std::size_t k = 0; k < program.kernels.size(); ++k) {
            const std::vector<std::int32_t>& read = program.instructions[k].inputs;
            if (std::count(read.begin(), read.end(), buffer) > 0 &&
                !program.kernels[k]->takes_rows(buffer, input.shape[1]))
                return false;
        }
    }
    return true;
}

// Memory for the rows of an input; inputs of the same rows share it.
void Session::Running::add(std::size_t i, std::int64_t bytes) {
    std::size_t twin = 0;
    while (twin < i && !(step.feeds[i].batch && step.feeds[twin].batch &&
                         step.feeds[twin].index == step.feeds[i].index))
        ++twin;
    twins.push_back(twin);
    gathered.emplace_back(twin == i ? bytes : 0);
}

// Bytes of a batch of what is fed to an input; 0 for a variable.
std::int64_t Session::batch_bytes(const Step& step, std::size_t i) const {
    const Feed& feed = step.feeds[i];
    if (!feed.batch) return 0;
    if (feed.index < 0 || feed.index >= static_cast<std::int64_t>(data_.size()))
        throw PlanError("a session feeds data that are not there");
    const std::int64_t row_bytes = data_[static_cast<std::size_t>(feed.index)].row_bytes;
    const std::int64_t bytes = count_of({row_bytes, step.rows});
    if (bytes != step.program->buffer(step.program->inputs[i]).bytes())
        throw PlanError("a session's rows do not fit its step");
    return bytes;
}

void Session::shuffle(std::uint32_t seed, std::uint32_t stream) {
    shuffled_ = true, seed_ = seed, stream_ = stream;
    order_.resize(static_cast<std::size_t>(rows_));
    sorting_ = Memory(permutation_bytes(rows_));
}

void Session::set_order(const std::int32_t* order) {
    order_.assign(order, order + rows_);
    ordered_ = true;
}

void Session::bind(const std::vector<char*>& variables) {
    variables_ = variables;
    for (Running& running : steps_)
        for (std::size_t i = 0; i < running.step.feeds.size(); ++i) {
            const Feed& feed = running.step.feeds[i];
            if (!feed.batch)
                running.frame->bind(i, variables_.at(static_cast<std::size_t>(feed.index)));
        }
}

void Session::begin_epoch() {
    for (const Reset& each : resets_)
        std::memcpy(variables_[static_cast<std::size_t>(each.variable)], each.bytes.data(),
                    each.bytes.size());
    if (shuffled_)
        permutation(seed_, static_cast<std::uint32_t>(epoch), stream_, rows_, order_.data(),
                    sorting_.data());
}

void Session::gather(Running& running, std::int64_t first) {
    const bool as_they_stand = !shuffled_ && !ordered_;
    for (std::size_t i = 0; i < running.step.feeds.size(); ++i) {
        const Feed& feed = running.step.feeds[i];
        if (!feed.batch) continue;
        const Rows& rows = data_[static_cast<std::size_t>(feed.index)];
        if (as_they_stand) {
            running.frame->bind(i, rows.data + first * rows.row_bytes);
            continue;
        }
        if (std::vector<const void*>& table = running.tables[i]; !table.empty()) {
            const std::int64_t n = running.step.rows;
            for (std::int64_t r = 0; r < n; ++r)
                table[static_cast<std::size_t>(r)] =
                    rows.data +
                    std::int64_t{order_[static_cast<std::size_t>(first + r)]} * rows.row_bytes;
            table.back() = table[static_cast<std::size_t>(n - 1)];
            running.frame->bind_rows(i, table.data());
            continue;
        }
        if (running.twins[i] != i) {  // the target of an autoencoder is its input
            running.frame->bind(i, running.gathered[running.twins[i]].data());
            continue;
        }
        char* to = running.gathered[i].data();
        const std::int32_t* order = order_.data() + first;
        const auto copy = [&](std::int64_t from, std::int64_t end) {
            switch (rows.row_bytes) {  // labels and short rows without a call each
                case 4: return copy_rows<4>(rows.data, order, from, end, to);
                case 8: return copy_rows<8>(rows.data, order, from, end, to);
                case 16: return copy_rows<16>(rows.data, order, from, end, to);
                default: break;
            }
            for (std::int64_t r = from; r < end; ++r) {
                if (r + 1 < end)
                    fetch(rows.data + std::int64_t{order[r + 1]} * rows.row_bytes, rows.row_bytes);
                std::memcpy(to + r * rows.row_bytes,
                            rows.data + std::int64_t{order[r]} * rows.row_bytes,
                            static_cast<std::size_t>(rows.row_bytes));
            }
        };
        const std::int64_t n = running.step.rows;
        if (n * rows.row_bytes < WORTH_A_THREAD) {
            copy(0, n);
        } else {
            const std::int64_t piece =
                std::max<std::int64_t>(1, (WORTH_A_THREAD / 2) / rows.row_bytes);
            parallel_for((n + piece - 1) / piece,
                         [&](std::int64_t c) { copy(c * piece, std::min(n, (c + 1) * piece)); });
        }
        running.frame->bind(i, to);
    }
}

void Session::run_profiled(Running& running, std::int64_t first) {
    const Program& program = *running.step.program;
    const std::size_t count = program.kernels.size();
    if (times_ns.empty()) {
        times_ns.resize(count + 1);
        shortest_ns.resize(count + 1, std::numeric_limits<std::int64_t>::max());
    }
    for (std::size_t i = 0; i <= count; ++i) {
        const std::size_t place = i == 0 ? count : i - 1;  // gathering comes first, stands last
        const auto begin = Clock::now();
        if (i == 0)
            gather(running, first);
        else
            program.kernels[place]->run(*running.frame);
        const std::int64_t spent = (Clock::now() - begin).count();
        times_ns[place] += spent;
        shortest_ns[place] = std::min(shortest_ns[place], spent);
    }
    ++profiled_steps;
}

void Session::one_step() {
    if (batch == 0) begin_epoch();
    const std::int64_t size = steps_[0].step.rows;
    const std::int64_t first = batch * size;
    Running& running = rows_ - first >= size ? steps_[0] : steps_[1];
    if (profiling && &running == &steps_[0]) {
        run_profiled(running, first);
    } else {
        gather(running, first);
        pellucid::run(*running.step.program, *running.frame);
    }
    latest_ = &running;
    ++batch;
}

void Session::current_logs(std::vector<double>& logs) const {
    if (latest_ == nullptr) return;
    const Program& program = *latest_->step.program;
    for (std::int32_t slot : program.outputs) {
        const Buffer& buffer = program.buffer(slot);
        for (std::int64_t i = 0; i < buffer.count; ++i)
            logs.push_back(as_double(latest_->frame->at(slot), buffer.dtype, i));
    }
}

void Session::run(std::int64_t last, double seconds, Stop stop, std::vector<double>& logs) {
    const TinyIsZero while_training;
    const auto begin = Clock::now();
    // Looking at the clock costs as much as a tiny step, so it is done every so many steps.
    std::int64_t until = 1, every = 1;
    double before = 0;
    while (epoch < last) {
        one_step();
        const bool ended = batch == batches_;
        if (ended) {
            current_logs(logs);
            batch = 0, ++epoch;
        }
        if (stop == Stop::at_step || (ended && stop == Stop::at_epoch)) return;
        if (--until > 0) continue;
        const double spent = std::chrono::duration<double>(Clock::now() - begin).count();
        if (spent >= seconds) return;
        if (spent - before < seconds / 64 && every < (1 << 20)) every *= 2;
        until = every, before = spent;
    }
}

}  // namespace pellucid
