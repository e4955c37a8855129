// Machine code for a body: its instructions over lanes in a loop over columns, in a loop over rows.
#include <cstring>

#include "jit/allocation.hpp"
#include "jit/code_memory.hpp"
#include "jit/generate.hpp"

namespace pellucid {

#if (defined(__x86_64__) && (defined(__unix__) || defined(__APPLE__)))

namespace jit {

namespace {

using Function = void (*)(char* const*, const std::int64_t*, std::int64_t, std::int64_t);

class Generated final : public BlockFunction {
  public:
    Generated(Code code, int entry) : code_(std::move(code)) {
        const std::uint8_t* at = code_.begin() + entry;
        std::memcpy(&function_, &at, sizeof at);
    }
    void operator()(const Block& block) const override {
        function_(block.pointers, block.row_steps, block.rows, block.columns);
    }

  private:
    Code code_;
    Function function_ = nullptr;
};

// How many vectors of columns go together, up to 4: as many as registers allow, and as a row has.
// Of 16 registers more than all are worth using: what goes to the frame costs less than waiting for
// results.
int copies_of(const Lanes& lanes, std::int64_t columns) {
    const bool evex = lanes.isa == Isa::avx512;
    const int registers = evex ? 32 : 28;
    const int live = pressure(lanes) + static_cast<int>(lanes.accumulators.size());
    const size_t size = lanes.column.size();
    for (int copies : {4, 2}) {
        if (columns < copies * lanes.count()) continue;
        if (static_cast<int>(size) * copies > (copies == 4 ? 200 : 600)) continue;
        if (live * copies + registers / 8 <= registers) return copies;
    }
    return 1;
}

class Generator {
  public:
    Generator(Lanes& lanes, int copies)
        : lanes_(lanes),
          copies_(copies),
          emit_(lanes),
          broad_(emit_, copies, false),
          narrow_(emit_, 1, true) {}

    std::unique_ptr<BlockFunction> function();

  private:
    void narrow_rows(Label& broad, Label& end);
    void broad_rows(Label& end);
    void next_row(Label& row, Label& end);
    void loops_over_columns();
    void unrolled(Label& rest);
    void start(const Allocation& places);
    void flush(const Allocation& places);
    std::unique_ptr<BlockFunction> placed();

    Lanes& lanes_;
    const int copies_;
    Emitter emit_;
    Allocation broad_, narrow_;
};

void Generator::unrolled(Label& rest) {
    Assembler& code = emit_.code;
    const int step = lanes_.count() * copies_;
    Label again;
    code.integer(0x8b, rdi, rcx);
    code.immediate(4, rdi, -step);
    code.jump_if(Condition::equal, rest);
    code.align(32);
    code.bind(again);
    broad_.columns(copies_, false);
    code.immediate(0, rax, step);
    code.integer(0x3b, rax, rdi);
    code.jump_if(Condition::below, again);
}

// Several vectors at once, then one by one, the last one partial.
void Generator::loops_over_columns() {
    Assembler& code = emit_.code;
    const int count = lanes_.count();
    code.integer(0x33, rax, rax, false);
    Label rest, tail, done, again;
    unrolled(rest);
    code.bind(rest);
    code.integer(0x3b, rax, rcx);
    code.jump_if(Condition::not_below, done);
    code.bind(again);
    if (!emit_.evex && copies_ > 1) {
        code.integer(0x8d, r11, Mem{rax, -1, 0, count});
        code.integer(0x3b, r11, rcx);
        code.jump_if(Condition::above, tail);
        broad_.columns(1, false);
        code.immediate(0, rax, count);
        code.integer(0x3b, rax, rcx);
        code.jump_if(Condition::below, again);
        code.jump(done);
    }
    code.bind(tail);
    emit_.tail_mask();
    broad_.columns(1, true);
    if (emit_.evex && copies_ > 1) {
        code.immediate(0, rax, count);
        code.integer(0x3b, rax, rcx);
        code.jump_if(Condition::below, again);
    }
    code.bind(done);
}

void Generator::start(const Allocation& places) {
    for (size_t i = 0; i < lanes_.accumulators.size(); ++i)
        for (int reg : places.accumulators[i]) emit_.start(lanes_.accumulators[i], reg);
}

// At a row's end, unless the next row adds to the same number.
void Generator::flush(const Allocation& places) {
    Assembler& code = emit_.code;
    for (size_t i = 0; i < lanes_.accumulators.size(); ++i) {
        const Accumulator& a = lanes_.accumulators[i];
        if (a.over_rows) continue;
        Label now, go_on;
        code.immediate(7, rdx, 1);
        code.jump_if(Condition::equal, now);
        code.integer(0x8b, r11, Mem{rsi, -1, 0, 8 * a.operand});
        code.immediate(7, r11, 0);
        code.jump_if(Condition::equal, go_on);
        code.bind(now);
        emit_.flush(a, places.accumulators[i], Allocation::free_registers().data());
        for (int reg : places.accumulators[i]) emit_.start(a, reg);
        code.bind(go_on);
    }
}

void Generator::next_row(Label& row, Label& end) {
    emit_.code.immediate(5, rdx, 1);
    emit_.code.jump_if(Condition::equal, end);
    emit_.advance_pointers();
    emit_.code.jump(row);
}

// Columns that fit into one vector: one mask for all rows, and sums over rows in registers.
void Generator::narrow_rows(Label& broad, Label& end) {
    Assembler& code = emit_.code;
    code.integer(0x8d, r11, Mem{rcx, -1, 0, -1});  // no column at all is not for here either
    // Whole vectors go without a mask there, which is worth it where masked stores are slow.
    code.immediate(7, r11, lanes_.count() - !emit_.evex);
    code.jump_if(Condition::not_below, broad);
    for (const Accumulator& a : lanes_.accumulators) {
        if (!a.over_rows) continue;
        code.integer(0x8b, r11, Mem{rsi, -1, 0, 8 * a.operand});
        code.immediate(7, r11, 0);
        code.jump_if(Condition::not_equal, broad);
    }
    code.integer(0x33, rax, rax, false);
    emit_.tail_mask();
    start(narrow_);
    Label row, last;
    code.bind(row);
    narrow_.row();
    narrow_.columns(1, true);
    flush(narrow_);
    next_row(row, last);
    code.bind(last);
    for (size_t i = 0; i < lanes_.accumulators.size(); ++i) {
        if (!lanes_.accumulators[i].over_rows) continue;
        emit_.accumulate_in_memory(lanes_.accumulators[i], 0, narrow_.accumulators[i][0],
                                   Allocation::free_registers().data());
    }
    code.jump(end);
}

void Generator::broad_rows(Label& end) {
    start(broad_);
    Label row;
    emit_.code.bind(row);
    broad_.row();
    if (!lanes_.column.empty()) loops_over_columns();
    flush(broad_);
    next_row(row, end);
}

std::unique_ptr<BlockFunction> Generator::function() {
    Label broad, end;
    emit_.code.immediate(7, rdx, 0);
    emit_.code.jump_if(Condition::less_equal, end);
    if (!lanes_.column.empty()) narrow_rows(broad, end);
    emit_.code.bind(broad);
    broad_rows(end);
    emit_.code.bind(end);
    emit_.leave();
    return placed();
}

std::unique_ptr<BlockFunction> Generator::placed() {
    const size_t bytes = emit_.evex ? (lanes_.wide ? 8 : 4) : 32, lane = lanes_.wide ? 8 : 4;
    std::vector<std::uint8_t> pool(lanes_.constants.size() * bytes);
    for (size_t i = 0; i < pool.size(); i += lane)
        std::memcpy(pool.data() + i, &lanes_.constants[i / bytes], lane);
    Assembler prologue;
    emit_.enter(prologue);
    const int entry = emit_.code.finish(prologue, pool, static_cast<int>(bytes));
    Code code = place(emit_.code.bytes);
    if (code.begin() == nullptr) return nullptr;
    return std::make_unique<Generated>(std::move(code), entry);
}

constexpr size_t most_instructions = 4000;

}  // namespace

std::unique_ptr<BlockFunction> generate_for(const Body& body, Isa isa, std::int64_t columns) {
    if (isa == Isa::plain || body.targets.empty()) return nullptr;
    Lanes lanes{};
    lanes.isa = isa;
    if (!lower(body, lanes) || lanes.column.size() + lanes.row.size() > most_instructions)
        return nullptr;
    for (int copies = copies_of(lanes, columns); copies > 0; copies /= 2) {
        try {
            return Generator(lanes, copies).function();
        } catch (const NoRegister&) {
            continue;  // fewer at once need fewer
        }
    }
    return nullptr;
}

#else

namespace jit {

std::unique_ptr<BlockFunction> generate_for(const Body&, Isa, std::int64_t) { return nullptr; }

#endif

}  // namespace jit

}  // namespace pellucid
