// OutputBuffer: the bytes that wait to be written to a stream.
//
//   wire::AppendMessage(output_.bytes(), frame, key);      // any number of times
//   net::IoResult result = output_.Write(stream_);         // once, at the end of the turn
//
// Its memory comes from the thread and goes back to it when all is written, so that a connection
// with nothing to say holds none, and one that talks does not allocate.
//
// Threads: not thread-safe. May move from thread to thread.
#ifndef PHX_CLIENT_NET_OUTPUT_BUFFER_H_
#define PHX_CLIENT_NET_OUTPUT_BUFFER_H_

#include <cstddef>
#include <string>

#include "client/net/io_result.h"
#include "client/net/stream.h"

namespace phx::net {

class OutputBuffer {
 public:
  OutputBuffer() = default;
  ~OutputBuffer();
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  // Where to append. Nothing but appending is allowed, and no reference kept.
  std::string& bytes();

  // What was appended and is not written yet.
  std::size_t size() const { return bytes_.size() - written_; }
  bool empty() const { return size() == 0; }

  // OutputBuffer::Write()
  //
  // Writes until all is written (kDone) or the stream takes no more: kWantWrite (or kWantRead), to
  // be called again then, or kError. `bytes` of the result says how many were written.
  IoResult Write(Stream& stream);

  // Drops what is not written.
  void Clear();

 private:
  void DropWritten();

  std::string bytes_;
  std::size_t written_ = 0;  // of the front of `bytes_`
};

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_OUTPUT_BUFFER_H_
