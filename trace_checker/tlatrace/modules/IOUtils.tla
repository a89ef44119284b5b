------------------------------ MODULE IOUtils ------------------------------
(* Files, commands and the environment. The texts only say how the operators are called: their values are Python's.
   Commands are not run unless whoever runs the specification allowed it. *)
LOCAL INSTANCE Integers
LOCAL INSTANCE TLC

LOCAL Result == [exitValue : Int, stdout : STRING, stderr : STRING]

(* A value in a file of its own format, perhaps compressed. *)
IOSerialize(val, absoluteFilename, compress) == TRUE
IODeserialize(absoluteFilename, compressed) == CHOOSE v : TRUE

(* A text in a file. `options' has the fields format (TXT), charset and openOptions. *)
Serialize(val, absoluteFilename, options) == CHOOSE r \in Result : TRUE
Deserialize(absoluteFilename, options) == CHOOSE r \in Result : TRUE

(* A command and its arguments, as a sequence of strings, with further environment variables, with parameters put in
   for %s. *)
IOExec(command) == CHOOSE r \in Result : TRUE
IOEnvExec(env, command) == CHOOSE r \in Result : TRUE
IOExecTemplate(commandTemplate, parameters) == CHOOSE r \in Result : TRUE
IOEnvExecTemplate(env, commandTemplate, parameters) == CHOOSE r \in Result : TRUE

(* The environment variables, as a record. *)
IOEnv == CHOOSE r \in [STRING -> STRING] : TRUE

(* The number that a string stands for; a number as a string of at least `width' digits. *)
atoi(str) == CHOOSE i \in Int : ToString(i) = str
zeroPadN(n, width) == CHOOSE s \in STRING : TRUE
=============================================================================
