// SessionGate: the one door of a session, through which its client's frames come in and its own go
// out. A join that is not answered yet may shut it, because in Phoenix a join runs in the process
// of the socket: then whatever comes from either side waits, and passes in the order in which it
// came when the gate opens.
#ifndef PHX_MOCKSERVER_SESSION_GATE_H_
#define PHX_MOCKSERVER_SESSION_GATE_H_

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/channel.h"
#include "mockserver/faults.h"
#include "mockserver/frame_fault.h"
#include "mockserver/frame_fault_judge.h"
#include "mockserver/json_term.h"
#include "mockserver/outbox.h"
#include "mockserver/server_serializer.h"
#include "mockserver/session_port.h"
#include "mockserver/shared_frame.h"
#include "mockserver/time_point.h"
#include "mockserver/timer_heap.h"

namespace phx::mock {

class SessionGate {
 public:
  // `now` is the session's time, which it keeps.
  SessionGate(ProtocolVersion version, std::shared_ptr<const Faults> faults,
              ConnectionId connection, const TimePoint& now, OutboxPool& outboxes,
              SessionHost& host);

  const ServerSerializer& serializer() const { return serializer_; }
  void SetFaults(std::shared_ptr<const Faults> faults);

  // The fault of a frame of the client's; nullptr for none.
  const FrameFault* Judge(const JsonTerm& topic, const JsonTerm& event) {
    if (!judge_.has_faults()) return nullptr;
    return judge_.Judge(FrameFault::Direction::kFromClient, topic.text(), event.text());
  }

  // Frames of ours that a fault delays: when the first is due, and letting pass what is.
  std::optional<TimePoint> NextDeadline() const { return delayed_.NextDeadline(); }
  void PassDelayed();

  // The bytes that wait: of the client's frames, and of ours.
  std::size_t held_input() const { return held_input_; }
  std::size_t held_output() const { return held_output_; }

  bool is_shut() const { return is_shut_; }
  void Shut() { is_shut_ = true; }

  // What is sent from here on passes; what has waited still does.
  void Open() { is_shut_ = false; }

  // SessionGate::PassWaiting()
  //
  // Lets pass what has waited: the client's frames to `handle`, until one of them shuts the gate
  // again, ours to the outbox. The bytes that `handle` gets stay in place until the next call of
  // this or of ForgetPassed().
  void PassWaiting(absl::FunctionRef<void(wire::FrameView frame)> handle);

  // Keeps a frame of the client's until the gate opens.
  void Hold(wire::FrameView frame);
  void ForgetPassed() { passed_.clear(); }

  // What goes out. The errors are the serializer's; nothing is sent then. Once stopped, nothing is
  // sent at all.
  absl::Status Reply(const JsonTerm& join_ref, const JsonTerm& ref, const JsonTerm& topic,
                     std::string_view status, const Payload& response);
  absl::Status Push(const JsonTerm& join_ref, const JsonTerm& ref, std::string_view topic,
                    std::string_view event, const Payload& payload);
  absl::Status Send(const BroadcastMessage& broadcast);

  // The socket ends, with a close.
  void Stop(const wire::CloseInfo& info);
  // The same with a RST.
  void Reset();
  // The connection is gone: drops all that waits.
  void Abandon();
  bool is_stopped() const { return is_stopped_; }

  // Where what passed is; lent by the pool while there is something.
  Outbox& outbox();
  template <typename Visitor>
  void DrainOutbox(Visitor visit) {
    if (outbox_ == nullptr) return;
    outbox_->Drain(visit);
    outboxes_.GiveBack(std::move(outbox_));
  }
  // If there is nothing but frames: appends them to `out` as they go over a WebSocket, and is done.
  bool DrainPlain(std::string& out);

 private:
  // What waits: a frame of the client's; an encoded frame, or broadcast, of ours; the end.
  struct ClientFrame {
    wire::Frame frame;
  };
  using Waiting =
      std::variant<ClientFrame, wire::Frame, std::shared_ptr<const SharedFrame>, wire::CloseInfo>;

  const FrameFault* JudgeOwn(std::string_view topic, std::string_view event) {
    if (!judge_.has_faults()) return nullptr;
    return judge_.Judge(FrameFault::Direction::kToClient, topic, event);
  }
  absl::Status SendEncoded(
      const FrameFault* fault,
      absl::FunctionRef<absl::StatusOr<wire::FrameType>(std::string& out)> encode);
  // What becomes of a frame of ours, with its fault or none.
  void Meet(const FrameFault* fault, wire::Frame frame);
  void Pass(wire::Frame frame);
  void Wait(Waiting item);
  static std::size_t SizeOf(const Waiting& item);
  // The count to which what waits belongs.
  std::size_t& HeldBytes(const Waiting& item);
  void PassReordered();

  ServerSerializer serializer_;
  std::shared_ptr<const Faults> faults_;
  FrameFaultJudge judge_;
  const TimePoint& now_;
  OutboxPool& outboxes_;
  SessionHost& host_;
  std::unique_ptr<Outbox> outbox_;
  // Lists, because their strings stay where they are when they move from one to the other.
  std::list<Waiting> waiting_;
  std::list<Waiting> passed_;             // mail of this turn may borrow their bytes
  TimerHeap<wire::Frame> delayed_;        // by a fault
  std::optional<wire::Frame> reordered_;  // waits for the next one
  std::size_t held_input_ = 0;
  std::size_t held_output_ = 0;
  bool is_shut_ = false;
  bool is_stopped_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SESSION_GATE_H_
