import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.util.Arrays;

/**
 * TLC on many models in one JVM: each folder in a folder that has a configuration beside its module. TLC keeps its state in static
 * fields, so each model gets classes of its own. What TLC printed is written to the folder's output.txt.
 */
public class TlcBatch {
    public static void main(String[] arguments) throws Exception {
        File[] folders = new File(arguments[0]).listFiles(File::isDirectory);
        Arrays.sort(folders);
        URL jar = new File(arguments[1]).toURI().toURL();
        PrintStream out = System.out;
        for (File folder : folders) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            System.setOut(new PrintStream(text));
            int result = -1;
            String config = folder.list((parent, name) -> name.endsWith(".cfg"))[0];
            String root = config.substring(0, config.length() - 4);
            try (URLClassLoader loader = new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader())) {
                Thread.currentThread().setContextClassLoader(loader);
                Class<?> tlcClass = loader.loadClass("tlc2.TLC");
                Object tlc = tlcClass.getDeclaredConstructor().newInstance();
                Class<?> resolverClass = loader.loadClass("util.SimpleFilenameToStream");
                Object resolver = resolverClass.getConstructor(String.class).newInstance(folder.getPath());
                tlcClass.getMethod("setResolver", loader.loadClass("util.FilenameToStream")).invoke(tlc, resolver);
                String[] options = {
                    "-deadlock", "-workers", "1", "-metadir", new File(folder, "meta").getPath(),
                    new File(folder, root).getPath()
                };
                if ((Boolean) tlcClass.getMethod("handleParameters", String[].class).invoke(tlc, (Object) options)) {
                    result = (Integer) tlcClass.getMethod("process").invoke(tlc);
                }
            } catch (Throwable problem) {
                problem.printStackTrace(System.out);
            }
            System.out.flush();
            System.setOut(out);
            Files.write(new File(folder, "output.txt").toPath(), text.toByteArray());
            out.println("@@ " + folder.getName() + " " + result);
        }
        System.exit(0);
    }
}
