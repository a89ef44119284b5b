import java.io.PrintStream;
import tla2sany.semantic.OpDefNode;
import tlc2.tool.Action;
import tlc2.tool.StateVec;
import tlc2.tool.TLCState;
import tlc2.tool.impl.FastTool;
import tlc2.util.Context;
import tlc2.value.IValue;
import util.SimpleFilenameToStream;

/**
 * Asks TLC about every definition Case0, Case1, ... of a module, each by itself, in one JVM, and prints one line for
 * each: its number, "value" or "error", and the text. With "states" as the second argument the definitions are actions,
 * and the text lists the successors of the first initial state.
 */
public class BatchEvaluator {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        FastTool tool = new FastTool(arguments[0], arguments[0], new SimpleFilenameToStream());
        boolean isAction = arguments.length > 1 && arguments[1].equals("states");
        TLCState first = isAction ? tool.getInitStates().elementAt(0) : TLCState.Empty;
        for (OpDefNode definition : tool.getSpecProcessor().getRootModule().getOpDefs()) {
            String name = definition.getName().toString();
            if (name.matches("Case[0-9]+")) {
                String result;
                try {
                    result = isAction ? successors(tool, definition, first) : value(tool, definition);
                } catch (StackOverflowError error) {
                    result = "error\tstack overflow";
                } catch (Throwable error) {
                    result = "error\t" + error.getMessage();
                }
                out.println(name.substring(4) + "\t" + result.replaceAll("\\s*[\r\n]+\\s*", " "));
            }
        }
        out.flush();
    }

    private static String value(FastTool tool, OpDefNode definition) {
        IValue value = (IValue) tool.eval(definition.getBody(), Context.Empty, TLCState.Empty);
        value.deepNormalize();
        return "value\t" + value;
    }

    private static String successors(FastTool tool, OpDefNode definition, TLCState first) {
        StateVec found = tool.getNextStates(new Action(definition.getBody(), Context.Empty, definition), first);
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < found.size(); at++) {
            if (!tool.isGoodState(found.elementAt(at))) {
                return "error\ta variable has no value";
            }
            text.append(found.elementAt(at).toString().replaceAll("\\s+", "")).append(";");
        }
        return "value\t" + text;
    }
}
