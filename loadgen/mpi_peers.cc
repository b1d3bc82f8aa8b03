#include "loadgen/mpi_peers.h"

#include <mpi.h>

#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "boost/system/error_code.hpp"
#include "loadgen/random_number.h"

namespace phx::loadgen {
namespace {

// How often a process says that it is there.
constexpr Duration kBeatInterval = std::chrono::seconds(1);
// How often messages are asked for: before the start, where each waits for the last, and later.
constexpr Duration kQuickPoll = std::chrono::milliseconds(1);
constexpr Duration kPoll = std::chrono::milliseconds(100);

constexpr char kAll[] = "all";

int RankOf(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank;
}

Shard OwnShard() {
  int count = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  return {.index = static_cast<std::uint64_t>(RankOf(MPI_COMM_WORLD)),
          .count = static_cast<std::uint64_t>(count)};
}

// Initialises MPI, so that what follows it can ask for the shard.
Shard Initialise(int* argc, char*** argv) {
  int provided = 0;
  MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  return OwnShard();
}

}  // namespace

MpiPeers::MpiPeers(int* argc, char*** argv)
    : shard_(Initialise(argc, argv)), roster_(shard_.count, Clock::now()) {
  if (is_first()) run_ = RandomNumber();
  MPI_Bcast(&run_, 1, MPI_UINT64_T, /*root=*/0, MPI_COMM_WORLD);  // nobody has died yet
  for (std::size_t i = 0; i < roster_.size(); ++i) roster_.OnHeard(i, Clock::now());
}

// Nothing of MPI can be used after it.
void MpiPeers::Finish() {  // NOLINT(readability-make-member-function-const)
  if (is_whole_) MPI_Finalize();
}

bool MpiPeers::IsLost(int peer) const {
  return roster_.IsLost(static_cast<std::size_t>(peer), Clock::now());
}

void MpiPeers::Send(int to, Tag tag, const std::string& text) {
  MPI_Request request = MPI_REQUEST_NULL;
  const int status = MPI_Isend(text.data(), static_cast<int>(text.size()), MPI_CHAR, to,
                               static_cast<int>(tag), MPI_COMM_WORLD, &request);
  int is_sent = status == MPI_SUCCESS ? 0 : 1;
  while (is_sent == 0 && !IsLost(to)) {
    if (MPI_Test(&request, &is_sent, MPI_STATUS_IGNORE) != MPI_SUCCESS) return;
    if (is_sent != 0) return;
    Poll();
    std::this_thread::sleep_for(kQuickPoll);
  }
}

void MpiPeers::SendToOthers(Tag tag, const std::string& text) {
  for (int peer = 1; peer < static_cast<int>(shard_.count); ++peer) {
    if (!IsLost(peer)) Send(peer, tag, text);
  }
}

void MpiPeers::Beat() {
  const TimePoint now = Clock::now();
  if (now - beaten_at_ < kBeatInterval) return;
  beaten_at_ = now;
  const int last = is_first() ? static_cast<int>(shard_.count) - 1 : 0;
  for (int peer = is_first() ? 1 : 0; peer <= last; ++peer) {
    if (IsLost(peer)) continue;
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Isend(nullptr, 0, MPI_CHAR, peer, static_cast<int>(Tag::kBeat), MPI_COMM_WORLD, &request);
    if (request != MPI_REQUEST_NULL) MPI_Request_free(&request);  // nobody asks how it went
  }
}

// Not for ever: who sends it may die before its end has come.
std::optional<std::string> MpiPeers::Receive(int size, int from, int tag) {
  auto text = std::make_unique<std::string>(static_cast<std::size_t>(size), '\0');
  MPI_Request request = MPI_REQUEST_NULL;
  if (MPI_Irecv(text->data(), size, MPI_CHAR, from, tag, MPI_COMM_WORLD, &request) != MPI_SUCCESS) {
    return std::nullopt;
  }
  const TimePoint begun_at = Clock::now();
  int is_received = 0;
  while (Clock::now() - begun_at <= PeerRoster::kSilence) {
    if (MPI_Test(&request, &is_received, MPI_STATUS_IGNORE) != MPI_SUCCESS) return std::nullopt;
    if (is_received != 0) return std::move(*text);
    Beat();
    std::this_thread::sleep_for(kQuickPoll);
  }
  abandoned_.push_back(std::move(text));  // MPI may still write to it
  return std::nullopt;
}

void MpiPeers::Poll() {
  Beat();
  while (true) {
    int is_there = 0;
    MPI_Status status;
    if (MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &is_there, &status) !=
            MPI_SUCCESS ||
        is_there == 0) {
      break;
    }
    int size = 0;
    MPI_Get_count(&status, MPI_CHAR, &size);
    std::optional<std::string> text = Receive(size, status.MPI_SOURCE, status.MPI_TAG);
    if (text.has_value()) {
      Handle(status.MPI_SOURCE, static_cast<Tag>(status.MPI_TAG), *std::move(text));
    }
  }
  roster_.OnHeard(shard_.index, Clock::now());
  BeginIfAllCan();
}

void MpiPeers::Handle(int from, Tag tag, std::string text) {
  const auto peer = static_cast<std::size_t>(from);
  roster_.OnHeard(peer, Clock::now());
  switch (tag) {
    case Tag::kBeat: return;
    case Tag::kPrepared: return roster_.OnPrepared(peer, std::move(text));
    case Tag::kAgreed: agreed_ = std::move(text); return;
    case Tag::kArrived: return roster_.OnArrived(peer);
    case Tag::kBegin: has_begun_ = true; return;
    case Tag::kFile: return roster_.OnFile(peer, std::move(text));
    case Tag::kBye: bye_ = std::move(text); return;
  }
}

// The first process lets all begin. It does so also if it has nothing to begin itself.
void MpiPeers::BeginIfAllCan() {
  if (is_first() && is_arrived_ && !has_begun_ && roster_.AllArrived(Clock::now())) {
    has_begun_ = true;
    SendToOthers(Tag::kBegin, "");
  }
  if (has_begun_ && begin_) std::exchange(begin_, nullptr)();
}

template <typename Condition>
void MpiPeers::PollUntil(const Condition& condition) {
  while (!condition()) {
    Poll();
    std::this_thread::sleep_for(kQuickPoll);
  }
}

std::string MpiPeers::CollectProblems() const {
  std::string problems;
  for (std::size_t peer = 0; peer < roster_.size(); ++peer) {
    const std::string problem = roster_.ProblemOf(peer);
    if (problem.empty()) continue;
    // One command line makes the same mistakes everywhere.
    if (peer > 0 && problem == roster_.ProblemOf(0)) continue;
    for (const absl::string_view line : absl::StrSplit(problem, '\n')) {
      absl::StrAppend(&problems, problems.empty() ? "" : "\n", "rank ", peer, ": ", line);
    }
  }
  return problems;
}

std::string MpiPeers::Agree(const std::string& problem) {
  if (!is_first()) {
    Send(0, Tag::kPrepared, problem);
    PollUntil([this] { return agreed_.has_value() || IsLost(0); });
    return agreed_.value_or("rank 0: it gives no sign of life");
  }
  roster_.OnPrepared(0, problem);
  PollUntil([this] { return roster_.AllPrepared(Clock::now()); });
  std::string problems = CollectProblems();
  SendToOthers(Tag::kAgreed, problems);
  return problems;
}

void MpiPeers::Attend(boost::asio::io_context& io) {
  timer_.emplace(io);
  SchedulePoll();
}

void MpiPeers::Leave() { timer_.reset(); }

void MpiPeers::SchedulePoll() {
  timer_->expires_after(begin_ ? kQuickPoll : kPoll);
  timer_->async_wait([this](boost::system::error_code error) {
    if (error || !timer_.has_value()) return;
    Poll();
    if (timer_.has_value()) SchedulePoll();
  });
}

void MpiPeers::AwaitStart(std::function<void()> begin) {
  begin_ = std::move(begin);
  is_arrived_ = true;
  if (is_first()) {
    roster_.OnArrived(0);
  } else {
    Send(0, Tag::kArrived, "");
  }
  SchedulePoll();  // anew: from here on each millisecond counts
}

std::vector<PeerFile> MpiPeers::Gather(std::string file) {
  begin_ = nullptr;
  is_arrived_ = true;
  if (!is_first()) {
    Send(0, Tag::kFile, file);
    PollUntil([this] { return bye_.has_value() || IsLost(0); });
    is_whole_ = bye_ == kAll;
    return {};
  }
  roster_.OnFile(0, std::move(file));
  PollUntil([this] { return roster_.AllFiled(Clock::now()); });
  std::vector<PeerFile> files;
  for (std::size_t peer = 0; peer < roster_.size(); ++peer) {
    files.push_back({.name = absl::StrCat("rank ", peer), .file = roster_.file(peer)});
    if (!files.back().file.has_value()) is_whole_ = false;
  }
  SendToOthers(Tag::kBye, is_whole_ ? kAll : "some");
  return files;
}

}  // namespace phx::loadgen
