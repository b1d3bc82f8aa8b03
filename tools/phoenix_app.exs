# A real Phoenix server with the sockets, channels and admin requests of the mock server's ready set
# (mockserver/ready_options.h): what the mock server stands in for, where Elixir is installed.
#
#   elixir tools/phoenix_app.exs                      http://127.0.0.1:4000
#   PORT=4001 ADAPTER=cowboy elixir tools/phoenix_app.exs
#
# The client's integration tests run against it, too: testing/integration/README.md.
#
# Mix.install fetches Phoenix and what it needs. Not run by CI, and not run by whoever wrote it in
# this form: there was no Elixir with a package index at hand. Its channels and sockets are those
# whose conversations are in testing/goldens.
Mix.install([
  {:phoenix, "~> 1.8.12"},
  {:bandit, "~> 1.12"},
  {:plug_cowboy, "~> 2.7"},
  {:phoenix_html, "~> 4.0"},
  {:jason, "~> 1.4"}
])

port = String.to_integer(System.get_env("PORT") || "4000")

adapter =
  case System.get_env("ADAPTER") || "bandit" do
    "bandit" -> Bandit.PhoenixAdapter
    "cowboy" -> Phoenix.Endpoint.Cowboy2Adapter
  end

Application.put_env(:phoenix, :json_library, Jason)

Application.put_env(:realphx, RealPhx.Endpoint,
  adapter: adapter,
  url: [host: "localhost"],
  http: [ip: {127, 0, 0, 1}, port: port],
  server: true,
  check_origin: false,
  secret_key_base: String.duplicate("abcdefgh", 8),
  render_errors: [formats: [html: RealPhx.ErrorHTML, json: RealPhx.ErrorJSON], layout: false],
  pubsub_server: RealPhx.PubSub
)

defmodule RealPhx.ErrorHTML do
  def render(template, _assigns), do: Phoenix.Controller.status_message_from_template(template)
end

defmodule RealPhx.ErrorJSON do
  def render(template, _assigns),
    do: %{errors: %{detail: Phoenix.Controller.status_message_from_template(template)}}
end

defmodule RealPhx.Presence do
  use Phoenix.Presence, otp_app: :realphx, pubsub_server: RealPhx.PubSub
end

defmodule RealPhx.RoomChannel do
  use Phoenix.Channel
  intercept ["intercepted"]

  def join("room:private", _params, _socket), do: {:error, %{reason: "unauthorized"}}
  def join("room:crash_join", _params, _socket), do: raise("boom in join")
  def join("room:exit_join", _params, _socket), do: exit(:bye)
  def join("room:bare_ok", _params, socket), do: {:ok, socket}
  def join("room:bad_return", _params, _socket), do: :nonsense

  def join(topic, %{"delay" => n} = params, socket) do
    Process.sleep(n)
    {:ok, %{topic: topic, params: params}, socket}
  end

  def join(topic, %{"push_after" => _} = params, socket) do
    send(self(), :after_join)
    {:ok, %{topic: topic, params: params}, socket}
  end

  def join(topic, params, socket),
    do: {:ok, %{topic: topic, params: params}, assign(socket, :join_params, params)}

  def handle_in("bin_echo", {:binary, data}, socket), do: {:reply, {:ok, {:binary, data}}, socket}

  def handle_in("bin_echo_error", {:binary, data}, socket),
    do: {:reply, {:error, {:binary, data}}, socket}

  def handle_in("bin_push", {:binary, data}, socket) do
    push(socket, "bin_pushed", {:binary, data})
    {:noreply, socket}
  end

  def handle_in("bin_broadcast", {:binary, data}, socket) do
    broadcast!(socket, "bin_shouted", {:binary, data})
    {:noreply, socket}
  end

  def handle_in("bin_len", {:binary, data}, socket),
    do: {:reply, {:ok, %{size: byte_size(data)}}, socket}

  # JSON-triggered binary output (for V1 comparison)
  def handle_in("want_bin_push", %{"text" => t}, socket) do
    push(socket, "bin_pushed", {:binary, t})
    {:noreply, socket}
  end

  def handle_in("want_bin_reply", %{"text" => t}, socket), do: {:reply, {:ok, {:binary, t}}, socket}

  def handle_in("want_bin_broadcast", %{"text" => t}, socket) do
    broadcast!(socket, "bin_shouted", {:binary, t})
    {:noreply, socket}
  end

  def handle_in("echo", payload, socket), do: {:reply, {:ok, wrap(payload)}, socket}
  def handle_in("echo_raw", payload, socket), do: {:reply, {:ok, payload}, socket}
  def handle_in("echo_error", payload, socket), do: {:reply, {:error, payload}, socket}

  def handle_in("status", %{"status" => s} = payload, socket),
    do: {:reply, {String.to_atom(s), payload}, socket}

  def handle_in("ack", _payload, socket), do: {:reply, :ok, socket}
  def handle_in("nack", _payload, socket), do: {:reply, :error, socket}
  def handle_in("list_reply", _payload, socket), do: {:reply, {:ok, [1, 2, 3]}, socket}
  def handle_in("noreply", _payload, socket), do: {:noreply, socket}

  def handle_in("shout", payload, socket) do
    broadcast!(socket, "shouted", payload)
    {:noreply, socket}
  end

  def handle_in("shout_reply", payload, socket) do
    broadcast!(socket, "shouted", payload)
    {:reply, :ok, socket}
  end

  def handle_in("shout_from", payload, socket) do
    broadcast_from!(socket, "shouted", payload)
    {:noreply, socket}
  end

  def handle_in("push_me", payload, socket) do
    push(socket, "pushed", payload)
    {:noreply, socket}
  end

  def handle_in("push_and_reply", payload, socket) do
    push(socket, "pushed", payload)
    {:reply, {:ok, payload}, socket}
  end

  def handle_in("intercept_me", payload, socket) do
    broadcast!(socket, "intercepted", payload)
    {:noreply, socket}
  end

  def handle_in("delay", payload, socket) do
    Process.send_after(
      self(),
      {:reply_later, socket_ref(socket), payload},
      Map.get(payload, "ms", 200)
    )

    {:noreply, socket}
  end

  def handle_in("info", _payload, socket) do
    {:reply,
     {:ok,
      %{
        connect_params: socket.assigns[:connect_params],
        connect_info: socket.assigns[:connect_info],
        topic: socket.topic,
        join_ref: socket.join_ref,
        transport: socket.transport,
        serializer: inspect(socket.serializer)
      }}, socket}
  end

  def handle_in("crash", _payload, _socket), do: raise("boom in handle_in")
  def handle_in("stop", _payload, socket), do: {:stop, :normal, socket}
  def handle_in("stop_shutdown", _payload, socket), do: {:stop, :shutdown, socket}
  def handle_in("stop_shutdown_tuple", _payload, socket), do: {:stop, {:shutdown, :why}, socket}
  def handle_in("stop_abnormal", _payload, socket), do: {:stop, :abnormal, socket}
  def handle_in("stop_reply", payload, socket), do: {:stop, :normal, {:ok, payload}, socket}

  def handle_in("disconnect", _payload, socket) do
    RealPhx.Endpoint.broadcast(socket.id, "disconnect", %{})
    {:noreply, socket}
  end

  def handle_out("intercepted", payload, socket) do
    push(socket, "intercepted", Map.put(payload, "intercepted_by", "handle_out"))
    {:noreply, socket}
  end

  def handle_info(:after_join, socket) do
    push(socket, "after_join", %{hello: "world"})
    {:noreply, socket}
  end

  def handle_info({:reply_later, ref, payload}, socket) do
    reply(ref, {:ok, payload})
    {:noreply, socket}
  end

  def terminate(_reason, _socket), do: :ok

  defp wrap(%{} = m), do: m
  defp wrap({:binary, _} = b), do: b
  defp wrap(other), do: %{not_a_map: other}
end

defmodule RealPhx.PresenceChannel do
  use Phoenix.Channel
  alias RealPhx.Presence

  def join("presence:" <> _, params, socket) do
    send(self(), :after_join)
    {:ok, socket |> assign(:user, params["user"] || "anon") |> assign(:meta, params["meta"] || %{})}
  end

  def handle_info(:after_join, socket) do
    {:ok, _} = Presence.track(socket, socket.assigns.user, socket.assigns.meta)
    push(socket, "presence_state", Presence.list(socket))
    {:noreply, socket}
  end

  def handle_in("update_meta", payload, socket) do
    {:ok, _} = Presence.update(socket, socket.assigns.user, fn m -> Map.merge(m, payload) end)
    {:reply, :ok, socket}
  end

  def handle_in("untrack", _payload, socket) do
    Presence.untrack(socket, socket.assigns.user)
    {:reply, :ok, socket}
  end

  def handle_in("list", _payload, socket), do: {:reply, {:ok, Presence.list(socket)}, socket}
end

defmodule RealPhx.UserSocket do
  use Phoenix.Socket
  channel "room:*", RealPhx.RoomChannel
  channel "presence:*", RealPhx.PresenceChannel
  def connect(%{"token" => "bad"}, _socket, _info), do: :error
  def connect(%{"token" => "rate"}, _socket, _info), do: {:error, :rate_limit}
  def connect(%{"token" => "crash"}, _socket, _info), do: raise("boom in connect")

  def connect(params, socket, info) do
    info = Map.take(info, [:x_headers, :uri, :auth_token]) |> Map.update(:uri, nil, &to_string/1)
    info = Map.update(info, :x_headers, nil, &Map.new/1)

    {:ok,
     socket
     |> assign(:connect_params, params)
     |> assign(:connect_info, info)
     |> assign(:sid, params["id"])}
  end

  def id(%{assigns: %{sid: sid}}) when is_binary(sid), do: "users_socket:" <> sid
  def id(_), do: nil
  def handle_error(conn, :rate_limit), do: Plug.Conn.send_resp(conn, 429, "Too many requests")
end

# separate module: before 1.8.12 the check_origin cache key is the handler module only
defmodule RealPhx.OriginSocket do
  use Phoenix.Socket
  channel "room:*", RealPhx.RoomChannel
  def connect(p, s, i), do: RealPhx.UserSocket.connect(p, s, i)
  def id(s), do: RealPhx.UserSocket.id(s)
end

# What mockserver/admin_requests.h describes.
defmodule RealPhx.Admin do
  import Plug.Conn

  @versions [
    :phoenix,
    :plug,
    :plug_crypto,
    :bandit,
    :thousand_island,
    :plug_cowboy,
    :cowboy,
    :cowlib,
    :ranch,
    :websock,
    :websock_adapter,
    :phoenix_pubsub,
    :jason,
    :hpax
  ]

  def init(action), do: action

  def call(conn, action) do
    conn = fetch_query_params(conn)
    send_resp(conn, 200, answer(action, conn.params))
  end

  defp answer(:broadcast, params) do
    RealPhx.Endpoint.broadcast(params["topic"], params["event"], %{"from" => "admin"})
    "ok"
  end

  defp answer(:disconnect, params) do
    RealPhx.Endpoint.broadcast(params["id"], "disconnect", %{})
    "ok"
  end

  defp answer(:stop_endpoint, _params) do
    spawn(fn ->
      Process.sleep(100)
      Supervisor.terminate_child(RealPhx.Supervisor, RealPhx.Endpoint)
    end)

    "ok"
  end

  defp answer(:gc, _params) do
    Enum.each(Process.list(), &:erlang.garbage_collect/1)
    "ok"
  end

  defp answer(:mem, _params) do
    :erlang.garbage_collect()
    memory = :erlang.memory()

    rss =
      File.read!("/proc/self/status")
      |> String.split("\n")
      |> Enum.find(&String.starts_with?(&1, "VmRSS"))

    Jason.encode!(%{
      total: memory[:total],
      processes: memory[:processes],
      binary: memory[:binary],
      ets: memory[:ets],
      nprocs: length(Process.list()),
      rss: rss
    })
  end

  defp answer(:versions, _params) do
    versions = for app <- @versions, into: %{}, do: {app, to_string(Application.spec(app, :vsn))}
    Jason.encode!(Map.merge(versions, %{elixir: System.version(), otp: System.otp_release()}))
  end
end

defmodule RealPhx.Router do
  use Phoenix.Router
  get "/admin/mem", RealPhx.Admin, :mem
  get "/admin/gc", RealPhx.Admin, :gc
  get "/admin/disconnect", RealPhx.Admin, :disconnect
  get "/admin/stop_endpoint", RealPhx.Admin, :stop_endpoint
  get "/admin/broadcast", RealPhx.Admin, :broadcast
  get "/admin/versions", RealPhx.Admin, :versions
end

defmodule RealPhx.Endpoint do
  use Phoenix.Endpoint, otp_app: :realphx

  socket "/socket", RealPhx.UserSocket,
    websocket: [
      check_origin: false,
      connect_info: [:x_headers, :uri],
      error_handler: {RealPhx.UserSocket, :handle_error, []}
    ],
    longpoll: [check_origin: false, connect_info: [:x_headers, :uri]]

  # 3 s idle timeout
  socket "/short", RealPhx.UserSocket, websocket: [timeout: 3000], longpoll: false
  socket "/compress", RealPhx.UserSocket, websocket: [compress: true], longpoll: false

  socket "/origin", RealPhx.OriginSocket,
    websocket: [check_origin: ["https://example.com"]],
    longpoll: [check_origin: ["https://example.com"]]

  socket "/subproto", RealPhx.UserSocket,
    websocket: [subprotocols: ["sip", "mqtt"]],
    longpoll: false

  socket "/maxframe", RealPhx.UserSocket, websocket: [max_frame_size: 65_536], longpoll: false
  socket "/noerrh", RealPhx.UserSocket, websocket: true, longpoll: false

  socket "/lpshort", RealPhx.UserSocket,
    websocket: false,
    longpoll: [window_ms: 1000, crypto: [max_age: 2]]

  socket "/nodrain", RealPhx.UserSocket, websocket: true, longpoll: false, drainer: false

  socket "/v2only", RealPhx.UserSocket,
    websocket: [serializer: [{Phoenix.Socket.V2.JSONSerializer, "~> 2.0.0"}]],
    longpoll: false

  socket "/auth", RealPhx.UserSocket,
    auth_token: true,
    websocket: [connect_info: [:x_headers, :uri]],
    longpoll: [connect_info: [:x_headers, :uri]]

  plug Plug.RequestId
  plug Plug.Parsers, parsers: [:urlencoded, :multipart, :json], pass: ["*/*"], json_decoder: Jason
  plug Plug.MethodOverride
  plug Plug.Head
  plug RealPhx.Router
end

{:ok, _} =
  Supervisor.start_link(
    [{Phoenix.PubSub, name: RealPhx.PubSub}, RealPhx.Presence, RealPhx.Endpoint],
    strategy: :one_for_one,
    name: RealPhx.Supervisor
  )

IO.puts("listening on ws://127.0.0.1:#{port}/socket")
Process.sleep(:infinity)
